"""What one check scripts or breaks is gone for the next."""

import requests

from localmodels.checks import judge
from localmodels.checks.core import Exercise, Wrong
from localmodels.checks.learner import NotebookLearner


def test_a_check_that_stops_with_the_server_down_leaves_it_up_for_the_next():
    exercise = Exercise("version", lesson="99")

    @exercise.check(points=1)
    def breaks_off(learner, ollama):
        """stops while the server is down"""
        ollama.install("left-behind")
        ollama.reply("left behind")
        learner.chat()
        ollama.down()
        raise Wrong("something")

    @exercise.check(points=1)
    def goes_on(learner, ollama):
        """finds a clean server"""
        if learner.loaded() != [] or learner.version() != 200 or any("left-behind" in name for name in ollama.models) or len(ollama.requests) != 2:
            raise Wrong("a clean server", got=ollama.requests)

    def version():
        return requests.get("http://localhost:11434/api/version", timeout=5).status_code

    def loaded():
        return requests.get("http://localhost:11434/api/ps", timeout=5).json()["models"]

    def chat():
        body = {"model": "llama3.2", "messages": [{"role": "user", "content": "Hi"}], "stream": False}
        return requests.post("http://localhost:11434/api/chat", json=body, timeout=5).status_code

    report = judge(exercise, NotebookLearner({"version": version, "loaded": loaded, "chat": chat}))
    assert [outcome.earned for outcome in report.outcomes] == [0, 1], report
