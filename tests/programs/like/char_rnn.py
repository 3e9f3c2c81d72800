"""A char-RNN: an LSTM reads a text letter by letter and learns which one comes next."""

import torch
import torch.nn as nn
from torch.nn.utils import clip_grad_norm_
from torch.optim.lr_scheduler import StepLR

TEXT = (
    """In the beginning there was a tensor, and the tensor was without form. Then came a size,
and strides, and a place in memory; and views of it, which are the same memory once more. """
    * 4
)

torch.manual_seed(1)
letters = sorted(set(TEXT))
number = {letter: i for i, letter in enumerate(letters)}
data = torch.tensor([number[letter] for letter in TEXT])
BATCH, LENGTH = 4, 12
columns = data[: len(data) // BATCH * BATCH].view(BATCH, -1).t().contiguous()


class CharRNN(nn.Module):
    def __init__(self, count, width=32, layers=2):
        super().__init__()
        self.embed = nn.Embedding(count, width)
        self.rnn = nn.LSTM(width, width, layers, dropout=0.2)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(width, count)
        self.layers, self.width = layers, width

    def begin(self, batch):
        zeros = self.head.weight.new_zeros(self.layers, batch, self.width)
        return zeros, zeros.clone()

    def forward(self, x, state):
        output, state = self.rnn(self.drop(self.embed(x)), state)
        return self.head(self.drop(output)), state


model = CharRNN(len(letters))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = StepLR(optimizer, step_size=8, gamma=0.5)
state = model.begin(BATCH)
losses = []
for step in range(20):
    start = step * LENGTH % (len(columns) - LENGTH - 1)
    x, y = columns[start : start + LENGTH], columns[start + 1 : start + LENGTH + 1]
    state = tuple(part.detach() for part in state)
    optimizer.zero_grad()
    scores, state = model(x, state)
    loss = criterion(scores.view(-1, len(letters)), y.reshape(-1))
    loss.backward()
    clip_grad_norm_(model.parameters(), 0.25)
    optimizer.step()
    scheduler.step()
    losses.append(loss.item())
