"""Answers to the exercises of lesson 13."""

from __future__ import annotations


def _bits(
    guard: str = "not 25 <= size <= 32",
    result: str = "[rest // 4, rest // 2 % 2, rest % 2]",
) -> str:
    return f"""
def bits(size):
    if {guard}:
        raise ValueError("out of reach")
    rest = size - 25
    return {result}
"""


def _unflatten(
    known: str = "math.prod([size for size in sizes if size != -1])",
    rest: str = "shape[dim] // known",
    result: str = "input.view(*shape[:dim], *sizes, *shape[dim + 1 :])",
) -> str:
    return f"""
@method("unflatten")
def unflatten(input, dim, sizes):
    dim, sizes = check_unflatten(input, dim, sizes)
    shape = input.shape
    known = {known}
    sizes = [{rest} if size == -1 else size for size in sizes]
    return {result}
"""


def _leaky(result: str = "np.where(input > 0, input, input * slope)") -> str:
    return f"def leaky(input, slope):\n    return {result}"


def _gradient(result: str = "choose(input > 0, grad, grad * slope)") -> str:
    return f"def leaky_gradient(grad, input, slope):\n    return {result}"


def _decoder(
    unfold: str = "nn.Linear(numbers, 512)",
    more: str = "bits(size)",
    moves: str = "3, stride=2, padding=1, output_padding={}",
    fold: str = "F.leaky_relu(self.unfold(codes), 0.2).unflatten(1, (32, 4, 4))",
    bend: str = "F.leaky_relu({}, 0.2)",
    result: str = "self.up3(x).sigmoid()",
) -> str:
    return f"""
class Decoder(nn.Module):
    def __init__(self, size=28, numbers=16):
        super().__init__()
        first, second, third = {more}
        self.unfold = {unfold}
        self.up1 = nn.ConvTranspose2d(32, 16, {moves.format("first")})
        self.up2 = nn.ConvTranspose2d(16, 8, {moves.format("second")})
        self.up3 = nn.ConvTranspose2d(8, 1, {moves.format("third")})

    def forward(self, codes):
        x = {fold}
        x = {bend.format("self.up1(x)")}
        x = {bend.format("self.up2(x)")}
        return {result}
"""


_SLOPES = (
    "lambda grad: grad * (1 - weight)",
    "lambda grad: grad * weight",
    "lambda grad: grad * (end - input)",
)


def _lerp(
    result: str = "np.where(np.abs(weight) < 0.5, input + weight * way, end - (1 - weight) * way)",
    to_input: str = _SLOPES[0],
    to_end: str = _SLOPES[1],
    to_weight: str = _SLOPES[2],
) -> str:
    return f"""
@pointwise(node="LerpBackward1")
def lerp_tensor(input, end, weight):
    refuse_kinds("lerp_kernel_tensor", input, "biu")
    way = end - input
    result = {result}
    return result, {to_input}, {to_end}, {to_weight}
"""


WRONG = {
    "bits": {
        "back to front": (_bits(result="[rest % 2, rest // 2 % 2, rest // 4]"), "back to front"),
        "no refusal": (_bits(guard="False"), "raise a ValueError"),
        "fours left in": (_bits(result="[rest // 4, rest // 2, rest % 2]"), "take `% 2` of it"),
        "of the size": (
            _bits(result="[size // 4 % 2, size // 2 % 2, size % 2]"),
            "Take off 25 first",
        ),
        "one number": (_bits(result="rest"), "three zeros"),
        "as text": (_bits(result="f'{rest:03b}'"), "three zeros"),
        "one size too few": (_bits(guard="not 25 <= size < 32"), "Read the message first"),
        "one size too many": (_bits(guard="not 25 <= size <= 33"), "only 25 to 32 are in reach"),
        "None out of reach": (
            "def bits(size):\n    rest = size - 25\n    if 0 <= rest < 8:\n"
            "        return [rest // 4, rest // 2 % 2, rest % 2]",
            "raise a ValueError for the rest",
        ),
    },
    "unflatten": {
        "a copy": (_unflatten(result=_unflatten.__defaults__[2] + ".clone()"), "you copy them"),
        "left to view": (_unflatten(rest="-1"), "You leave -1 to `view`"),
        "dims before lost": (
            _unflatten(result="input.view(*sizes, *shape[dim + 1 :])"),
            "The dims before `dim` are missing",
        ),
        "dims after lost": (
            _unflatten(result="input.view(*shape[:dim], *sizes)"),
            "The dims after `dim` are missing",
        ),
        "sizes only": (_unflatten(result="input.view(*sizes)"), "Read the message first"),
        "the dim stays": (
            _unflatten(result="input.view(*shape[: dim + 1], *sizes, *shape[dim + 1 :])"),
            "Read the message first",
        ),
        "all elements": (_unflatten(rest="input.numel() // known"), "the dim's size divided"),
        "back to front": (
            _unflatten(result="input.view(*shape[:dim], *sizes[::-1], *shape[dim + 1 :])"),
            "back to front",
        ),
        "-1 counted": (_unflatten(known="math.prod(sizes)"), "the dim's size divided"),
        "detached": (
            _unflatten(result="input.detach().view(*shape[:dim], *sizes, *shape[dim + 1 :])"),
            "Read the message first",
        ),
    },
    "leaky": {
        "float64": (_leaky("input * np.where(input > 0, 1, slope)"), "is an array of float64"),
        "the larger one": (_leaky("np.maximum(input, input * slope)"), "for slopes from 0 to 1"),
        "relu": (_leaky("np.maximum(0, input)"), "Below 0 yours is flat"),
        "the other way round": (
            _leaky("np.where(input > 0, input * slope, input)"),
            "The wrong side has the slope",
        ),
        "the slope itself": (
            _leaky("np.where(input > 0, input, input.dtype.type(slope))"),
            "Below 0 you give the slope",
        ),
        "in place": (
            "def leaky(input, slope):\n    input[input <= 0] *= slope\n    return input",
            "you wrote it into the input",
        ),
        "two parts": (
            _leaky("input * (input > 0) + input * slope * (input <= 0)"),
            "do not add up two parts",
        ),
        "everywhere": (_leaky("input * slope"), "Above 0 as it is"),
    },
    "leaky_gradient": {
        "everywhere": (_gradient("grad"), "Your gradient passes everywhere"),
        "relu": (_gradient("choose(input > 0, grad, 0.0)"), "That is relu's gradient"),
        "at 0": (_gradient("choose(input >= 0, grad, grad * slope)"), "`> 0`, not `>= 0`"),
        "the other way round": (
            _gradient("choose(input > 0, grad * slope, grad)"),
            "The wrong side has the slope",
        ),
        "the slope alone": (
            _gradient("choose(input > 0, grad * 0 + 1, grad * 0 + slope)"),
            "That is the slope of the curve",
        ),
        "by the gradient": (
            _gradient("choose(grad > 0, grad, grad * slope)"),
            "The condition looks at the gradient",
        ),
        "arrays only": (
            _gradient("np.where(input > 0, grad, grad * slope)"),
            "`choose` works on both",
        ),
        "two parts": (
            _gradient("grad * (input > 0) + grad * slope * (input <= 0)"),
            "do not add up two parts",
        ),
    },
    "Decoder": {
        "back to front": (_decoder(more="bits(size)[::-1]"), "The bits stand at the wrong layers"),
        "always 28": (_decoder(more="0, 1, 1"), "Right for 28"),
        "no bits": (_decoder(moves="3, stride=2, padding=1"), "25 comes out"),
        "relu": (
            _decoder(
                bend="F.relu({})",
                fold="F.relu(self.unfold(codes)).unflatten(1, (32, 4, 4))",
            ),
            "That is relu",
        ),
        "the slope of leaky_relu": (
            _decoder(
                bend="F.leaky_relu({})",
                fold="F.leaky_relu(self.unfold(codes)).unflatten(1, (32, 4, 4))",
            ),
            "Say 0.2",
        ),
        "no sigmoid": (_decoder(result="self.up3(x)"), "sigmoid is missing"),
        "bent at the end": (
            _decoder(result="F.leaky_relu(self.up3(x), 0.2).sigmoid()"),
            "After the last layer comes sigmoid only",
        ),
        "not bent after Linear": (
            _decoder(fold="self.unfold(codes).unflatten(1, (32, 4, 4))"),
            "missing between Linear",
        ),
        "channels last": (
            _decoder(
                fold="F.leaky_relu(self.unfold(codes), 0.2).unflatten(1, (4, 4, 32))"
                ".permute(0, 3, 1, 2)"
            ),
            "channels come first",
        ),
        "Linear turned": (_decoder(unfold="nn.Linear(512, numbers)"), "Linear(numbers, 512)"),
        "16 numbers always": (_decoder(unfold="nn.Linear(16, 512)"), "Linear(numbers, 512)"),
        "no padding": (_decoder(moves="3, stride=2, output_padding={}"), "says each layer's"),
        "detached": (_decoder(fold=_decoder.__defaults__[3] + ".detach()"), "no .detach()"),
        "layers in a list": (
            """
class Decoder(nn.Module):
    def __init__(self, size=28, numbers=16):
        super().__init__()
        self.unfold = nn.Linear(numbers, 512)
        sizes = zip((32, 16, 8), (16, 8, 1), bits(size))
        self.up = [nn.ConvTranspose2d(a, b, 3, 2, 1, more) for a, b, more in sizes]

    def forward(self, codes):
        x = F.leaky_relu(self.unfold(codes), 0.2).unflatten(1, (32, 4, 4))
        for layer in self.up[:2]:
            x = F.leaky_relu(layer(x), 0.2)
        return self.up[2](x).sigmoid()
""",
            "Each must be an attribute",
        ),
    },
    "lerp_tensor": {
        "the result alone": (
            _lerp().replace(f"return result, {', '.join(_SLOPES)}", "return result"),
            "Return four things",
        ),
        "the weight twice": (
            _lerp(to_weight="lambda grad: grad * weight * way"),
            "a `weight` too many",
        ),
        "the school's rule": (_lerp(result="input + weight * way"), "misses the end"),
        "from the end only": (_lerp(result="end - (1 - weight) * way"), "misses `input`"),
        "the other way": (
            _lerp(
                result="np.where(np.abs(weight) < 0.5, end - weight * way, "
                "input + (1 - weight) * way)"
            ),
            "weight 0 is `input`",
        ),
        "exchanged": (
            _lerp(to_input="lambda grad: grad * weight", to_end="lambda grad: grad * (1 - weight)"),
            "in each other's place",
        ),
        "minus the weight": (_lerp(to_weight="lambda grad: grad * -way"), "has the wrong sign"),
        "slopes alone": (
            _lerp(
                to_input="lambda grad: 1 - weight + grad * 0",
                to_end="lambda grad: weight + grad * 0",
                to_weight="lambda grad: way + grad * 0",
            ),
            "These are the slopes alone",
        ),
        "all of it": (
            _lerp(to_input="lambda grad: grad", to_end="lambda grad: grad"),
            "`input` counts (1 - weight) times",
        ),
        "two derivatives": (
            """
@pointwise(node="LerpBackward1")
def lerp_tensor(input, end, weight):
    result = input * (1 - weight) + end * weight
    return result, lambda grad: grad * (1 - weight), lambda grad: grad * weight
""",
            "things returned",
        ),
        "called at once": (
            _lerp(to_input="1 - weight", to_end="weight", to_weight="way"),
            "functions among them",
        ),
    },
}

RIGHT = {
    "bits": {
        "as a tuple": _bits(result="(rest // 4, rest // 2 % 2, rest % 2)"),
        "bit by bit": _bits(result="[rest >> 2, rest >> 1 & 1, rest & 1]"),
        "by text": _bits(result="[int(letter) for letter in f'{rest:03b}']"),
        "by trying": """
def bits(size):
    for first in (0, 1):
        for second in (0, 1):
            for third in (0, 1):
                if 25 + 4 * first + 2 * second + third == size:
                    return [first, second, third]
    raise ValueError(size)
""",
        "backwards, by halving": """
def bits(size):
    found = []
    for _ in range(3):
        small = (size + 1) // 2
        found.insert(0, size - (2 * small - 1))
        size = small
    if size != 4:
        raise ValueError("out of reach")
    return found
""",
    },
    "unflatten": {
        "reshape": _unflatten(result="input.reshape((*shape[:dim], *sizes, *shape[dim + 1 :]))"),
        "in a loop": """
@method("unflatten")
def unflatten(input, dim, sizes):
    dim, sizes = check_unflatten(input, dim, sizes)
    sizes = list(sizes)
    if -1 in sizes:
        known = 1
        for size in sizes:
            if size != -1:
                known *= size
        sizes[sizes.index(-1)] = input.shape[dim] // known
    shape = list(input.shape)
    shape[dim : dim + 1] = sizes
    return input.view(shape)
""",
        "by minus": _unflatten(known="-math.prod(sizes) if -1 in sizes else 1"),
    },
    "leaky": {
        "a copy, then": """
def leaky(input, slope):
    result = input.copy()
    result[~(input > 0)] *= slope
    return result
""",
        "by at most": _leaky("np.where(input <= 0, input * slope, input)"),
        "larger and smaller": _leaky("np.maximum(input, 0) + slope * np.minimum(input, 0)"),
    },
    "leaky_gradient": {
        "turned": _gradient("choose(input <= 0, grad * slope, grad)"),
        "a factor": _gradient("grad * choose(input > 0, grad * 0 + 1, grad * 0 + slope)")
        .replace("grad * 0 + 1", "np.float32(1)")
        .replace("grad * 0 + slope", "np.float32(slope)"),
        "in two lines": """
def leaky_gradient(grad, input, slope):
    below = grad * slope
    return choose(input > 0, grad, below)
""",
    },
    "Decoder": {
        "as a Sequential": """
class Decoder(nn.Module):
    def __init__(self, size=28, numbers=16):
        super().__init__()
        a, b, c = bits(size)
        self.all = nn.Sequential(
            nn.Linear(numbers, 512),
            nn.LeakyReLU(0.2),
            nn.Unflatten(1, (32, 4, 4)),
            nn.ConvTranspose2d(32, 16, 3, 2, 1, a),
            nn.LeakyReLU(0.2),
            nn.ConvTranspose2d(16, 8, 3, 2, 1, b),
            nn.LeakyReLU(0.2),
            nn.ConvTranspose2d(8, 1, 3, 2, 1, c),
            nn.Sigmoid(),
        )

    def forward(self, codes):
        return self.all(codes)
""",
        "in place": _decoder(
            bend="F.leaky_relu({}, 0.2, inplace=True)", result="torch.sigmoid(self.up3(x))"
        ),
        "reshaped": _decoder(fold="F.leaky_relu(self.unfold(codes), 0.2).view(-1, 32, 4, 4)"),
        "bent as maps": _decoder(
            fold="F.leaky_relu(self.unfold(codes).unflatten(-1, (32, 4, 4)), 0.2)"
        ),
    },
    "lerp_tensor": {
        "way kept": _lerp(to_weight="lambda grad: grad * way"),
        "the mixture": _lerp(result="input * (1 - weight) + end * weight"),
        "by the far end": _lerp(
            result="np.where(np.abs(weight) >= 0.5, end - way * (1 - weight), input + way * weight)"
        ),
        "in two": _lerp(to_input="lambda grad: grad - grad * weight"),
    },
}

# Mutants of the solution that mean the same, and why.
SAME: dict[str, dict[str, str]] = {
    "leaky": {
        (
            "leaky: return np.where(input > 0, input, input * slope) => return "
            "np.where(input >= 0, input, input * slope)"
        ): "at 0 both sides are 0",
    },
    "lerp_tensor": {
        (
            "lerp_tensor: result = np.where(np.abs(weight) < 0.5, input + weight * way, "
            "end - (1 - weight) * way) => result = np.where(np.abs(weight) <= 0.5, "
            "input + weight * way, end - (1 - weight) * way)"
        ): "in the middle both rules are equally good",
    },
}
