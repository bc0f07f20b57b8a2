"""What the notebooks import: connect to a model, check your work, ask for a hint.

Names are loaded when first used, so that `from localmodels import check` stays quick.
"""

_HOMES = {
    "connect": "localmodels.connection",
    "check": "localmodels.checks",
    "hint": "localmodels.checks",
    "quiz": "localmodels.questions",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'localmodels' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return __all__
