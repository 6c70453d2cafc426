"""The jobs of a pipeline of GitLab's or GitHub's, as commands for machine.sh. Conditions are not read:
all jobs run, in their order."""

import yaml


def scripts(pipeline):
    """Name, script, and whether exit code 1 is a warning, of each job or step."""
    if "jobs" in pipeline:
        for name, job in pipeline["jobs"].items():
            for number, step in enumerate(job["steps"]):
                if "run" in step:
                    yield f"{name}-{number}", step["run"], "continue-on-error" in step
    else:
        for name, job in pipeline.items():
            if isinstance(job, dict) and "script" in job:
                yield name, "\n".join(job["script"]), "allow_failure" in job


def commands(path):
    """Each script runs in a checkout of its own; then a runner pulls what was published."""
    text = ""
    for name, script, may_warn in scripts(yaml.safe_load(path.read_text())):
        text += f"job {name} {int(may_warn)} <<'END-OF-SCRIPT'\n{script}\nEND-OF-SCRIPT\n"
    return text + "a_runner_pulls\n"
