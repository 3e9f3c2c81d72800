"""What is wanted of each workload, and what bounds those that fall short, for the page on speed.

Shares of the processor's time, calls and speeds of bare NumPy are as `python -m tests.bench NAME
--profile` prints them; the machine is the one that the page names.
"""

# The time over PyTorch's that is wanted at most, by workload; 1 for the others.
TARGETS = dict.fromkeys(("tiny_ops", "tiny_arithmetic", "tiny_views", "tiny_in_place"), 0.8)
TARGETS |= dict.fromkeys(("permutation", "initialization"), 2.0)

# By workload; shown while its figure is above what is wanted.
BOUNDS = {
    "tiny_ops": "1,700 calls in Python and 2,000 of functions in C for 200 operations. Those of "
    "bare NumPy, 0.24 microseconds each, are a fifth of the time; the rest passes in Python's own "
    "loop: calls and checks of the operations 45 %, notes on the tape 14 %, the walk back 14 %. "
    "PyTorch does these in C++.",
    "tiny_arithmetic": "As for tiny_ops.",
    "tiny_views": "3,300 calls in Python, 13 for each view or sum and its way back: notes on the "
    "tape take 17 %, finding the view 16 %, the new tensor and its place in its base 15 %, the "
    "walk back 10 %. Bare NumPy's part is 0.15 ms of 1.1.",
    "tiny_in_place": "2,300 calls in Python for 200 changes: for each a copy of the old numbers, a "
    "node, a version; bare NumPy's part is 0.08 ms of 0.7.",
    "tiny_no_grad": "460 calls in Python for 200 operations, 97 % of the time in the calls and "
    "checks of `_core`; bare NumPy's part is 0.05 ms of 0.24, a fifth.",
    "small_mlp": "450 calls in Python; matrix products are 5 % of the time.",
    "mlp_adam": "22 % is matrix products; Adam's twelve passes over 235,000 parameters are most of "
    "the rest, each with new memory for its result.",
    "mlp": "As for mlp_adam.",
    "lenet": "61 % is convolution, of which products of few rows are half, and copies of windows "
    "the rest; max pooling 11 %. oneDNN takes windows from where they lie.",
    "cnn_batch_norm": "56 % is `np.matmul`, at 190 multiplications and additions a nanosecond; "
    "copying windows and adding up rows, which oneDNN does in registers, is 18 %, passes over "
    "memory for batch norm 11 %, for pooling and the rectifier 10 %.",
    "residual_block": "48 % is `np.matmul` (453 million multiplications and additions at 190 a "
    "nanosecond); copying windows and adding up rows, which oneDNN does in registers, is 30 %, "
    "passes over memory for batch norm 7 %.",
    "depthwise": "The depthwise convolution copies each number into nine columns, 16 % of the "
    "time, for products too small for BLAS, 24 %, and adds up rows, 10 %; shares of Python are a "
    "fifth of 2.3 ms.",
    "conv_transpose": "48 % is `np.matmul` (three products, 453 million multiplications and "
    "additions), copying windows 20 %, adding up stamps and sums the rest.",
    "decoder": "67 % is convolution in small pieces: `np.matmul` 21 %, copies and sums of windows "
    "the rest; batch norm is 9 %, Python's share about a sixth.",
    "conv1d_sound": "Adding stamps that overlap takes 23 %, `np.matmul` 35 %, copying windows "
    "11 %.",
    "gpt_block": "1,600 calls in Python, which are a third of the time; matrix products take 22 %, "
    "GELU 13 % and layer norm 7 %.",
    "lstm": "50 steps, one after the other, forth and back: their products of 16 rows are 34 %, "
    "and some 15 short passes over the gates in each step, half a microsecond apiece from Python, "
    "30 %. PyTorch's step is one call of oneDNN.",
    "large_chain": "Passes over 16 MB, 0.11 nanoseconds a number, and new memory for each result, "
    "in PyTorch as well: what a page of fresh memory costs decides, and changes from run to run.",
    "chain_without_grad": "As for large_chain: four passes over 16 MB at 0.11 nanoseconds a number "
    "are 1.8 ms; the rest is fresh memory.",
    "gelu": "98 % is passes over blocks in the cache: 40 both ways, 0.06 nanoseconds a number, and "
    "a fifth for two tangents; PyTorch's formula stays in registers, a pass each way.",
    "cross_entropy": "60 % is the logarithm of the shares and its gradient: nine passes over 1 MB "
    "and two rounds of `exp`, each with new memory; PyTorch takes a row in registers.",
    "layer_norm": "91 % is passes over blocks of rows: seven forward, eleven back, 0.06 to 0.1 "
    "nanoseconds a number, are 0.9 ms of bare NumPy; PyTorch makes two each way.",
    "embedding": "Reading rows takes 13 %, finding out which were read more than once 20 %, and "
    "adding them 49 %: NumPy reads, adds and writes back in passes of their own.",
    "indexing": "42 % is the comparison and passes over fresh memory, 36 % zeros for three "
    "gradients and the places written in them; NumPy finds the places of a mask anew each time.",
    "bilinear": "61 % is adding up what neighbours get, 33 % reading neighbours: passes of their "
    "own for each of four, in each dim, where PyTorch makes one.",
    "max_pool": "88 % is passes over all results, one for each of nine places of a window, both "
    "ways.",
    "permutation": "The same numbers as PyTorch means its swaps, which it makes one after the "
    "other: NumPy has to sort places, 15 %, and to read or write all million out of order seven "
    "times, half; a million words of the generator are 10 %.",
    "initialization": "The same numbers as PyTorch means its Mersenne Twister: NumPy's words of it "
    "take 38 %; logarithm, root, sine and cosine are passes of their own, 51 %.",
    "random_numbers": "As for initialization: words of the generator are 64 %.",
    "building": "4,400 calls in Python for 30 modules, each parameter and buffer of which is made, "
    "named, checked and filled by itself; bare NumPy's random numbers are about a tenth.",
    "state_dict": "2,500 calls in Python for 70 tensors; half the time is sorting names by module "
    "when they are loaded, and copying is 14 %.",
}
