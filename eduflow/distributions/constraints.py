"""What parameters and values of distributions have to be, as torch.distributions.constraints."""

from ..ops.decomposition import linalg_cholesky_ex

__all__ = [
    "Constraint",
    "boolean",
    "dependent",
    "greater_than",
    "greater_than_eq",
    "independent",
    "integer_interval",
    "interval",
    "less_than",
    "lower_cholesky",
    "multinomial",
    "nonnegative",
    "nonnegative_integer",
    "one_hot",
    "positive",
    "positive_definite",
    "positive_integer",
    "real",
    "real_vector",
    "simplex",
    "unit_interval",
]


class Constraint:
    """A region of numbers; `event_dim` last dims count together. Mirrors PyTorch's class."""

    is_discrete = False
    event_dim = 0

    def check(self, value):
        """Whether each element, or each event, lies in the region: a tensor of bools."""
        raise NotImplementedError

    def __repr__(self):
        return type(self).__name__.removeprefix("_") + "()"


class _Dependent(Constraint):
    """A region that hangs on other parameters: nothing is checked."""

    def check(self, value):
        raise ValueError("Cannot determine validity of dependent constraint")


class _Boolean(Constraint):
    is_discrete = True

    def check(self, value):
        return (value == 0) | (value == 1)


class _OneHot(Constraint):
    is_discrete, event_dim = True, 1

    def check(self, value):
        return ((value == 0) | (value == 1)).all(-1) & value.sum(-1).eq(1)


class _Bounded(Constraint):
    """Bounds, which are shown by the names that they have here."""

    def __init__(self, **bounds):
        vars(self).update(bounds)

    def __repr__(self):
        shown = ", ".join(f"{name}={value}" for name, value in vars(self).items())
        return f"{type(self).__name__.removeprefix('_')}({shown})"


class _IntegerInterval(_Bounded):
    is_discrete = True

    def check(self, value):
        return (value % 1 == 0) & (self.lower_bound <= value) & (value <= self.upper_bound)


class _IntegerGreaterThan(_Bounded):
    is_discrete = True

    def check(self, value):
        return (value % 1 == 0) & (value >= self.lower_bound)


class _Real(Constraint):
    def check(self, value):
        return value == value  # all but nan


class _GreaterThan(_Bounded):
    def check(self, value):
        return self.lower_bound < value


class _GreaterThanEq(_Bounded):
    def check(self, value):
        return self.lower_bound <= value


class _LessThan(_Bounded):
    def check(self, value):
        return value < self.upper_bound


class _Interval(_Bounded):
    def check(self, value):
        return (self.lower_bound <= value) & (value <= self.upper_bound)


class _Simplex(Constraint):
    event_dim = 1

    def check(self, value):
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class _LowerCholesky(Constraint):
    event_dim = 2

    def check(self, value):
        lower = (value.tril() == value).flatten(-2).all(-1)
        return lower & (value.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


class _PositiveDefinite(Constraint):
    event_dim = 2

    def check(self, value):
        alike = value.isclose(value.mT, atol=1e-6).flatten(-2).all(-1)
        return linalg_cholesky_ex(value).info.eq(0) if alike.all() else alike


class _Multinomial(_Bounded):
    is_discrete, event_dim = True, 1

    def check(self, value):
        return (value >= 0).all(-1) & (value.sum(-1) <= self.upper_bound)

    def __repr__(self):
        return "Multinomial()"


class _IndependentConstraint(Constraint):
    """The same region for all elements of an event."""

    def __init__(self, base_constraint, dims):
        self.base_constraint, self.dims = base_constraint, dims
        self.event_dim = base_constraint.event_dim + dims
        self.is_discrete = base_constraint.is_discrete

    def check(self, value):
        found = self.base_constraint.check(value)
        if found.dim() < self.dims:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.dim()}")
        return found.reshape((*found.shape[: found.dim() - self.dims], -1)).all(-1)

    def __repr__(self):
        return f"IndependentConstraint({self.base_constraint!r}, {self.dims})"


def interval(lower_bound, upper_bound):
    """Numbers from one bound to the other, both included."""
    return _Interval(lower_bound=lower_bound, upper_bound=upper_bound)


def integer_interval(lower_bound, upper_bound):
    """Whole numbers from one bound to the other, both included."""
    return _IntegerInterval(lower_bound=lower_bound, upper_bound=upper_bound)


def greater_than(lower_bound):
    """Numbers above a bound."""
    return _GreaterThan(lower_bound=lower_bound)


def greater_than_eq(lower_bound):
    """A bound and the numbers above."""
    return _GreaterThanEq(lower_bound=lower_bound)


def less_than(upper_bound):
    """Numbers below a bound."""
    return _LessThan(upper_bound=upper_bound)


def multinomial(upper_bound):
    """Counts that add up to a bound at most."""
    return _Multinomial(upper_bound=upper_bound)


def independent(base_constraint, reinterpreted_batch_ndims):
    """The same region for each element of the last dims."""
    return _IndependentConstraint(base_constraint, reinterpreted_batch_ndims)


dependent = _Dependent()
boolean = _Boolean()
one_hot = _OneHot()
real = _Real()
real_vector = independent(real, 1)
positive = greater_than(0.0)
lower_cholesky, positive_definite = _LowerCholesky(), _PositiveDefinite()
nonnegative = greater_than_eq(0.0)
unit_interval = interval(0.0, 1.0)
nonnegative_integer = _IntegerGreaterThan(lower_bound=0)
positive_integer = _IntegerGreaterThan(lower_bound=1)
simplex = _Simplex()
