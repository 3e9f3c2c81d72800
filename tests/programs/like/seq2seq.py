"""Sequence to sequence: a GRU reads digits of several lengths, one with attention says them back.

The reader takes packed sequences in both directions; the writer looks at all it has read, and is
told the right digit half of the time.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

PAD, BEGIN, END, FIRST = 0, 1, 2, 3


class Encoder(nn.Module):
    def __init__(self, count, width):
        super().__init__()
        self.embed = nn.Embedding(count, width, padding_idx=PAD)
        self.rnn = nn.GRU(width, width, bidirectional=True, batch_first=True)
        self.bridge = nn.Linear(2 * width, width)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(
            self.embed(x), lengths, batch_first=True, enforce_sorted=False
        )
        output, hidden = self.rnn(packed)
        output, _ = pad_packed_sequence(output, batch_first=True)
        return output, torch.tanh(self.bridge(torch.cat([hidden[0], hidden[1]], dim=1)))


class Attention(nn.Module):
    """Additive: how well the writer's state goes with what stands at each place."""

    def __init__(self, width):
        super().__init__()
        self.join = nn.Linear(3 * width, width)
        self.score = nn.Linear(width, 1, bias=False)

    def forward(self, hidden, memory, mask):
        repeated = hidden.unsqueeze(1).repeat(1, memory.size(1), 1)
        energy = torch.tanh(self.join(torch.cat((repeated, memory), dim=2)))
        scores = self.score(energy).squeeze(2).masked_fill(~mask, float("-inf"))
        return torch.bmm(F.softmax(scores, dim=1).unsqueeze(1), memory).squeeze(1)


class Decoder(nn.Module):
    def __init__(self, count, width):
        super().__init__()
        self.embed = nn.Embedding(count, width, padding_idx=PAD)
        self.attention = Attention(width)
        self.cell = nn.GRUCell(3 * width, width)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(3 * width, count)

    def forward(self, token, hidden, memory, mask):
        context = self.attention(hidden, memory, mask)
        seen = torch.cat([self.dropout(self.embed(token)), context], dim=1)
        hidden = self.cell(seen, hidden)
        return self.head(torch.cat([hidden, context], dim=1)), hidden


def make_batch(size=6, most=7):
    """Rows of digits, and the same rows turned round, between BEGIN and END."""
    lengths = torch.randint(2, most + 1, (size,))
    rows = [torch.randint(FIRST, FIRST + 10, (int(n),)) for n in lengths]
    begin, end = torch.tensor([BEGIN]), torch.tensor([END])
    turned = [torch.cat([begin, row.flip(0), end]) for row in rows]
    return pad_sequence(rows, True, PAD), lengths, pad_sequence(turned, True, PAD)


torch.manual_seed(7)
encoder, decoder = Encoder(FIRST + 10, 24), Decoder(FIRST + 10, 24)
params = [*encoder.parameters(), *decoder.parameters()]
optimizer = torch.optim.Adam(params, lr=5e-3)
criterion = nn.CrossEntropyLoss(ignore_index=PAD)
losses = []
for _ in range(20):
    x, lengths, y = make_batch()
    memory, hidden = encoder(x, lengths)
    mask = torch.arange(x.size(1))[None, :] < lengths[:, None]
    token, scores = y[:, 0], []
    for place in range(1, y.size(1)):
        score, hidden = decoder(token, hidden, memory, mask)
        scores.append(score)
        told = torch.rand(1).item() < 0.5
        token = y[:, place] if told else score.argmax(dim=1)
    loss = criterion(torch.stack(scores, dim=1).flatten(0, 1), y[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(params, 1.0)
    optimizer.step()
    losses.append(loss.item())
