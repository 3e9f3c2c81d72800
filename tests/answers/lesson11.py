"""Answers to the exercises of lesson 11."""

from __future__ import annotations


def _pile(
    keep: str = "self.tensors = tensors",
    sample: str = "tuple(tensor[index] for tensor in self.tensors)",
    length: str = "len(self.tensors[0])",
    first: str = "same_rows(tensors)",
) -> str:
    return f"""
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        {first}
        {keep}

    def __getitem__(self, index):
        return {sample}

    def __len__(self):
        return {length}
"""


_SEED = "Generator().manual_seed(fresh_seed())"
_ROUNDS = """for _ in range(count // size):
            yield from randperm(size, generator=generator).tolist()
        yield from randperm(size, generator=generator).tolist()[: count % size]"""


def _shuffle(seed: str = _SEED, rounds: str = _ROUNDS, when: str = "generator is None") -> str:
    return f"""
class RandomSampler(RandomSamplerOptions):
    def __iter__(self):
        size, count, generator = len(self.data_source), self.num_samples, self.generator
        if self.replacement:
            yield from drawn_anew(size, count, generator)
            return
        if {when}:
            generator = {seed}
        {rounds}
"""


_WALK = """batch = []
        for index in self.sampler:
            batch.append(index)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch"""
_LENGTH = """full, rest = divmod(len(self.sampler), self.batch_size)
        return full if self.drop_last or rest == 0 else full + 1"""


def _lists(walk: str = _WALK, length: str = _LENGTH) -> str:
    return f"""
class BatchSampler(Sampler):
    def __init__(self, sampler, batch_size, drop_last):
        batch_options(batch_size, drop_last)
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self):
        {walk}

    def __len__(self):
        {length}
"""


def _collate(
    tensors: str = "stack(batch)",
    numbers: str = "tensor(batch, dtype=float64 if type(first) is float else None)",
    check: str = "same_fields(batch)",
    fields: str = "[default_collate(field) for field in zip(*batch)]",
    others: str = "collate_others(batch)",
) -> str:
    return f"""
def default_collate(batch):
    first = batch[0]
    if isinstance(first, Tensor):
        return {tensors}
    if type(first) in (bool, int, float):
        return {numbers}
    if type(first) in (tuple, list):
        {check}
        return {fields}
    return {others}
"""


_FETCH = """
def fetch(dataset, indices):
    if hasattr(dataset, "__getitems__"):
        return dataset.__getitems__(indices)
    return [dataset[index] for index in indices]
"""


def _epoch(
    itself: str = "return self",
    step: str = "return self.collate_fn(fetch(self.dataset, next(self.order)))",
) -> str:
    return f"""{_FETCH}
class Epoch(EpochOptions):
    def __iter__(self):
        {itself}

    def __next__(self):
        {step}
"""


def _checkpoint(**others: str) -> str:
    entries = {
        "net": "run.net.state_dict()",
        "optimizer": "run.optimizer.state_dict()",
        "scheduler": "run.scheduler.state_dict()",
        "epoch_state": "run.epoch_state",
        "done": "run.done",
        "state": "torch.get_rng_state()",
    } | others
    body = "".join(f"        {name!r}: {text},\n" for name, text in entries.items() if text)
    return f"def checkpoint(run):\n    return {{\n{body}    }}\n"


_RESUME = """def resume(run, saved):
    run.net.load_state_dict(saved["net"])
    run.optimizer.load_state_dict(saved["optimizer"])
    run.scheduler.load_state_dict(saved["scheduler"])
    torch.set_rng_state(saved["epoch_state"])
    run.batches = iter(run.loader)
    for _ in range(saved["done"]):
        next(run.batches)
    run.epoch_state, run.done = saved["epoch_state"], saved["done"]
    torch.set_rng_state(saved["state"])
"""


def _resume(*removed: str, **replaced: str) -> str:
    """`resume` without the lines that begin like this, or with a line in another's place."""
    lines = [
        line
        for line in _RESUME.split("\n")
        if not any(line.strip().startswith(start) for start in removed)
    ]
    return "\n".join(lines).replace(replaced.get("old", "\0"), replaced.get("new", ""))


WRONG = {
    "TensorDataset": {
        "a list": (_pile(sample="[t[index] for t in self.tensors]"), "a sample is a tuple"),
        "two tensors": (
            _pile(sample="(self.tensors[0][index], self.tensors[-1][index])"),
            "You count on two tensors",
        ),
        "number of tensors": (_pile(length="len(self.tensors)"), "number of tensors"),
        "number of numbers": (_pile(length="self.tensors[0].numel()"), "counts all numbers"),
        "slices": (
            _pile(sample="tuple(t[index : index + 1] for t in self.tensors)"),
            "the row itself",
        ),
        "copies": (
            _pile(keep="self.tensors = tuple(t.clone() for t in tensors)"),
            "nothing is copied",
        ),
        "unequal rows": (_pile(first="pass"), "same_rows"),
    },
    "RandomSampler": {
        "torch's stream": (_shuffle(seed="None"), "with torch's own stream"),
        "a fixed seed": (_shuffle(seed="Generator().manual_seed(0)"), "the same in every epoch"),
        "in order": (_shuffle(rounds="yield from range(count)"), "one index after the other"),
        "its own ignored": (_shuffle(when="True"), "You were given a generator"),
        "once": (
            _shuffle(rounds="yield from randperm(size, generator=generator).tolist()"),
            "You shuffle once",
        ),
        "no rest": (
            _shuffle(rounds=_ROUNDS.replace("[: count % size]", "[:0]")),
            "indices are missing",
        ),
        "only with a rest": (
            _shuffle(
                rounds=_ROUNDS.replace(
                    "        yield from randperm(size, generator=generator).tolist()[:",
                    "        if count % size:\n            yield from "
                    "randperm(size, generator=generator).tolist()[:",
                )
            ),
            "even where nothing is left",
        ),
        "tensors": (_shuffle(rounds=_ROUNDS.replace(".tolist()", "")), "two epochs"),
    },
    "BatchSampler": {
        "always kept": (_lists(_WALK.replace(" and not self.drop_last", "")), "asks to leave it"),
        "lost": (_lists(_WALK.replace("if batch and not", "if False and not")), "is lost"),
        "empty": (_lists(_WALK.replace("if batch and not", "if not")), "an empty batch"),
        "one list": (
            _lists(
                _WALK.replace("                batch = []\n", "                batch.clear()\n")
            ),
            "Begin a new one",
        ),
        "all at once": (
            _lists(_WALK.replace("in self.sampler", "in list(self.sampler)")),
            "may never end",
        ),
        "rounded down": (
            _lists(length="return len(self.sampler) // self.batch_size"),
            "lacks the last batch",
        ),
        "rounded up": (
            _lists(length="return -(-len(self.sampler) // self.batch_size)"),
            "does not count",
        ),
        "tuples": (_lists(_WALK.replace("yield batch", "yield tuple(batch)")), "a list of indices"),
    },
    "default_collate": {
        "cat": (_collate(tensors="Tensor.__class__ and stack(batch).flatten(0, 1)"), "`stack`"),
        "float32": (_collate(numbers="tensor(batch)"), "64 bits"),
        "numbers stay": (_collate(numbers="batch"), "still a list"),
        "a tuple": (
            _collate(fields="tuple(default_collate(f) for f in zip(*batch))"),
            "puts them into a list",
        ),
        "stacked": (
            _collate(fields="[stack(f) for f in zip(*batch)]"),
            "labels are numbers",
        ),
        "one level": (_collate(fields="[list(f) for f in zip(*batch)]"), "not collated"),
        "silent": (_collate(check="pass"), "same_fields"),
        "others stay": (_collate(others="batch"), "collate_others"),
        "detached": (_collate(tensors="stack([t.detach() for t in batch])"), "flow back"),
    },
    "Epoch": {
        "default_collate": (
            _epoch(step="return default_collate(fetch(self.dataset, next(self.order)))"),
            "name 'default_collate' is not defined",
        ),
        "not collated": (_epoch(step="return fetch(self.dataset, next(self.order))"), "of samples"),
        "own loop": (
            _epoch(step="return self.collate_fn([self.dataset[i] for i in next(self.order)])"),
            "Use `fetch`",
        ),
        "in advance": (
            _epoch(
                itself="return iter([self.collate_fn(fetch(self.dataset, i)) for i in self.order])"
            ),
            "before the first batch",
        ),
        "the order": (_epoch(itself="return self.order"), "hands out the order"),
        "one sample": (
            _epoch(step="return self.collate_fn([self.dataset[next(self.order)[0]]])"),
            "Indices from",
        ),
    },
    "checkpoint": {
        "parameters": (
            _checkpoint(net="dict(run.net.named_parameters())"),
            "Batch norm has more to remember",
        ),
        "the network": (_checkpoint(net="run.net"), "run.net.state_dict()"),
        "one state twice": (_checkpoint(epoch_state="torch.get_rng_state()"), "at its *beginning*"),
        "the old state": (
            _checkpoint(state="run.epoch_state"),
            "where the random numbers are *now*",
        ),
        "all steps": (_checkpoint(done="run.scheduler.last_epoch"), "You count all steps"),
        "no schedule": (_checkpoint(scheduler=""), "Six keys"),
        "takes a batch": (
            _checkpoint(done="(next(run.batches), run.done)[1]"),
            "takes no batch",
        ),
    },
    "resume": {
        "no network": (_resume("run.net"), "first weights"),
        "no momentum": (_resume("run.optimizer"), "forgotten its momentum"),
        "no schedule": (_resume("run.scheduler"), "begins again"),
        "no beginning": (_resume('torch.set_rng_state(saved["epoch_state"'), "another one"),
        "no state": (_resume('torch.set_rng_state(saved["state"'), "from here on"),
        "not skipped": (_resume("for _", "next("), "skip them"),
        "done is 0": (
            _resume(
                old='run.epoch_state, run.done = saved["epoch_state"], saved["done"]',
                new='run.epoch_state = saved["epoch_state"]',
            ),
            "`run.done` is still 0",
        ),
        "neither count nor state": (
            _resume("run.epoch_state, run.done"),
            "set `run.done` and `run.epoch_state`",
        ),
        "too early": (
            _resume(
                'torch.set_rng_state(saved["state"',
                old="    run.batches =",
                new='    torch.set_rng_state(saved["state"])\n    run.batches =',
            ),
            "before the epoch began anew",
        ),
    },
}

RIGHT = {
    "TensorDataset": {
        "a loop": """
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        same_rows(tensors)
        self.tensors = tensors

    def __getitem__(self, index):
        sample = ()
        for tensor in self.tensors:
            sample += (tensor[index],)
        return sample

    def __len__(self):
        return self.tensors[0].shape[0]
""",
        "map": _pile(sample="tuple(map(lambda tensor: tensor[index], self.tensors))"),
        "size": _pile(length="self.tensors[-1].size(0)"),
    },
    "RandomSampler": {
        "counted down": _shuffle(
            rounds="""while True:
            order = randperm(size, generator=generator).tolist()
            if count < size:
                yield from order[:count]
                return
            yield from order
            count -= size"""
        ),
        "in two steps": _shuffle(
            rounds="""whole, rest = divmod(count, size)
        for number in range(whole + 1):
            order = randperm(size, generator=generator).tolist()
            for index in order[: size if number < whole else rest]:
                yield index"""
        ),
        "or": _shuffle(seed=f"generator or {_SEED}"),
    },
    "BatchSampler": {
        "islice": _lists(
            """import itertools
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch"""
        ),
        "a new list by copying": _lists(
            """batch = []
        for index in self.sampler:
            batch = batch + [index]
            if len(batch) < self.batch_size:
                continue
            yield batch
            batch = []
        if self.drop_last or not batch:
            return
        yield batch"""
        ),
        "length in one line": _lists(
            length="return (len(self.sampler) + (0 if self.drop_last else self.batch_size - 1)) "
            "// self.batch_size"
        ),
    },
    "default_collate": {
        "dim given": _collate(tensors="stack(batch, 0)"),
        "map": _collate(fields="list(map(default_collate, zip(*batch)))"),
        "floats by themselves": """
def default_collate(batch):
    first = batch[0]
    if type(first) in (tuple, list):
        same_fields(batch)
        fields = []
        for number in range(len(first)):
            fields.append(default_collate([sample[number] for sample in batch]))
        return fields
    if type(first) is float:
        return tensor(batch, dtype=float64)
    if type(first) is int or type(first) is bool:
        return tensor(batch)
    return stack(batch) if isinstance(first, Tensor) else collate_others(batch)
""",
    },
    "Epoch": {
        "in steps": _epoch(
            step="""indices = next(self.order)
        samples = fetch(self.dataset, indices)
        batch = self.collate_fn(samples)
        return batch"""
        ),
        "a loop": _epoch(
            step="""for indices in self.order:
            return self.collate_fn(fetch(self.dataset, indices))
        raise StopIteration"""
        ),
        "dunder": _epoch(step="return self.collate_fn(fetch(self.dataset, self.order.__next__()))"),
    },
    "checkpoint": {
        "dict": """
def checkpoint(run):
    saved = {name: getattr(run, name).state_dict() for name in ("net", "optimizer", "scheduler")}
    saved["epoch_state"], saved["done"] = run.epoch_state, run.done
    saved["state"] = torch.get_rng_state()
    return saved
""",
        "a clone": _checkpoint(epoch_state="run.epoch_state.clone()"),
        "another way to ask": _checkpoint(state="torch.random.get_rng_state()"),
    },
    "resume": {
        "epoch first": """
def resume(run, saved):
    torch.set_rng_state(saved["epoch_state"])
    run.epoch_state = saved["epoch_state"]
    run.batches, run.done = iter(run.loader), 0
    while run.done < saved["done"]:
        next(run.batches)
        run.done += 1
    for name in ("scheduler", "optimizer", "net"):
        getattr(run, name).load_state_dict(saved[name])
    torch.set_rng_state(saved["state"])
""",
        "zip": _resume(
            old='for _ in range(saved["done"]):\n        next(run.batches)',
            new='for _ in zip(range(saved["done"]), run.batches):\n        pass',
        ),
        "state asked": _resume(
            old='run.epoch_state, run.done = saved["epoch_state"], saved["done"]',
            new='run.done, run.epoch_state = saved["done"], saved["epoch_state"].clone()',
        ),
    },
}

_NUMBERS = "default_collate: if type(first) in (bool, int, float): => if type(first) in "
_ANY_ORDER = "`in` asks all of them, in whatever order they stand"
SAME: dict[str, dict[str, str]] = {
    "TensorDataset": {
        "TensorDataset: return len(self.tensors[0]) => return len(self.tensors[-1])": (
            "all tensors have as many rows"
        ),
    },
    "default_collate": {
        f"{_NUMBERS}(int, bool, float):": _ANY_ORDER,
        f"{_NUMBERS}(bool, float, int):": _ANY_ORDER,
        "default_collate: if type(first) in (tuple, list): => if type(first) in (list, tuple):": (
            _ANY_ORDER
        ),
    },
}
