"""Check one answer of a stranger's: what it may use is limited, and the verdict goes to a file.

    python run_answer.py FOLDER SECONDS < request

The request is JSON: the task, the lines of the answer and those above it. The last line that is
printed is JSON again: the check's name with what it said, and the request's own token.
"""

import contextlib
import json
import os
import sys
import time

MEMORY, OUTPUT = 4 << 30, 1 << 20


def limit(seconds):
    """Ask the system for limits on time, memory and files, where it knows them.

    What was computed so far counts in the system's seconds, too; the guard's own end comes first.
    """
    with contextlib.suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_CPU, int(time.process_time()) + seconds + 5),
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_FSIZE, OUTPUT),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(what, (most, most))


def known(course, exercises):
    """What the course's modules and exercises hold, to see whether an answer has changed them."""
    modules = [name for name in sys.modules if name.startswith(course)]
    held = {
        (name, key): id(getattr(value, "__code__", value))
        for name in modules
        for key, value in vars(sys.modules[name]).items()
        if callable(value)
    }
    for exercise in exercises:
        held[exercise.name] = (
            id(exercise.reference),
            [
                sorted((key, id(value)) for key, value in vars(case).items())
                for case in exercise.cases
            ],
        )
    return held


def verdicts(task, about, made):
    """What each check says of what an answer has defined."""
    from eduflow.course import answers, checking

    for check, exercise in about.items():
        result = checking.run(exercise, answers.thing_for(check, task, made))
        yield check, [result.passed, result.total, result.text]


def main(folder, seconds):
    """Run the request."""
    request = json.load(sys.stdin)
    out = os.dup(1)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    import eduflow  # noqa: F401  (all of it, before anything is confined)
    from eduflow.course import answers, checking, exercises, guard
    from eduflow.course.edition import Task

    task = Task.from_json(request["task"])
    about = {check: exercises.all_exercises()[check] for check in task.checks}
    for exercise in about.values():  # what the checks import, they import before strangers run
        checking.run(exercise, lambda *args, **kwargs: None)
    guard.confine(folder)
    limit(seconds)
    before, refusal = known("eduflow.course", about.values()), ""
    ran = guard.guarded(
        lambda: answers.answered(task, request["source"], request["above"]), seconds
    )
    verdict = {}
    if ran.error is not None:
        refusal = f"its cell raised {type(ran.error).__name__}."
    elif known("eduflow.course", about.values()) == before:
        verdict = dict(verdicts(task, about, ran.value))
    if known("eduflow.course", about.values()) != before:
        refusal = "the answer changes the checks themselves."
    if refusal:
        verdict = {c: [0, len(e.cases), f"{c}: {refusal}"] for c, e in about.items()}
    os.write(out, b"\n" + json.dumps([request["token"], verdict]).encode())
    os._exit(0)


if __name__ == "__main__":
    here = os.path.dirname(os.path.realpath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry or ".") != here]
    main(sys.argv[1], int(sys.argv[2]))
