"""What stands around training: data, random numbers, building, saving, printing."""

import io

from tests.bench.workloads.common import images


def data_loader(torch):
    """One epoch of 1,000 samples of 3 x 16 x 16 in shuffled batches of 32."""
    data = torch.utils.data
    samples = data.TensorDataset(images(torch, 1000, 3, 16, 16), torch.arange(1000))
    loader = data.DataLoader(samples, batch_size=32, shuffle=True)

    def run():
        for _ in loader:
            pass

    return run


def data_loader_in_order(torch):
    """One epoch of 1,000 samples of 3 x 16 x 16 in batches of 32, in their order."""
    data = torch.utils.data
    samples = data.TensorDataset(images(torch, 1000, 3, 16, 16), torch.arange(1000))
    loader = data.DataLoader(samples, batch_size=32)

    def run():
        for _ in loader:
            pass

    return run


def random_numbers(torch):
    """rand, randn, randint of 100,000, and dropout of as many."""
    x = torch.ones(100_000)

    def run():
        torch.rand(100_000), torch.randn(100_000), torch.randint(10, (100_000,))
        torch.nn.functional.dropout(x, 0.5)

    return run


def permutation(torch):
    """randperm of a million."""
    return lambda: torch.randperm(1_000_000)


def initialization(torch):
    """normal_ of five million numbers, as a large layer is initialised."""
    x = torch.empty(5_000_000)
    return lambda: x.normal_()


def _model(torch):
    nn = torch.nn
    layers = []
    for _ in range(10):
        layers += [nn.Linear(32, 32), nn.BatchNorm1d(32), nn.ReLU()]
    return nn.Sequential(*layers)


def building(torch):
    """Build a network of 30 modules."""
    return lambda: _model(torch)


def state_dict(torch):
    """state_dict of a network of 30 modules, and load_state_dict into it."""
    model = _model(torch)
    return lambda: model.load_state_dict(model.state_dict())


def saving(torch):
    """Save a network of 30 modules into memory, and load it."""
    model = _model(torch)

    def run():
        file = io.BytesIO()
        torch.save(model.state_dict(), file)
        file.seek(0)
        torch.load(file)

    return run


def printing(torch):
    """repr of 10 x 10 numbers, of 1,000 x 1,000, and of a network."""
    small, large, model = images(torch, 10, 10), images(torch, 1000, 1000), _model(torch)
    return lambda: (repr(small), repr(large), repr(model))


WORKLOADS = [
    data_loader,
    data_loader_in_order,
    random_numbers,
    permutation,
    initialization,
    building,
    state_dict,
    saving,
    printing,
]
