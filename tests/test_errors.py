import inspect

from telharmonic import errors


def test_every_error_has_the_one_root_and_a_code_of_its_own():
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]
    assert all(issubclass(kind, errors.TelharmonicError) for kind in kinds)
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_the_tree_in_the_docstring_is_complete():
    kinds = [name for name, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]
    assert all(name in errors.__doc__ for name in kinds)


def test_a_parameter_error_names_parameter_value_and_range():
    problem = errors.ParameterError("strip/3/fader", 13.0, "-120 to 12 dB")
    assert str(problem) == "strip/3/fader is 13.0; allowed: -120 to 12 dB"
    assert (problem.parameter, problem.value, problem.allowed) == ("strip/3/fader", 13.0, "-120 to 12 dB")


def test_an_error_writes_true_false_and_nothing_as_json_does():
    said = [str(errors.ParameterError("at", value, "a number")) for value in (True, False, None, "True", 1)]
    assert said == [f"at is {word}; allowed: a number" for word in ("true", "false", "null", "'True'", "1")]
