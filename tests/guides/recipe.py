"""Recipes in YAML, as commands for machine.sh: the jobs of a pipeline of GitLab's or GitHub's (their
conditions are not read: all jobs run, in their order), what cloud-init does, a ConfigMap."""

import shlex

import yaml


def scripts(pipeline):
    """Name, script, and whether exit code 1 is a warning, of each job or step."""
    if "jobs" in pipeline:
        for name, job in pipeline["jobs"].items():
            for number, step in enumerate(job["steps"]):
                if "run" in step:
                    yield f"{name}-{number}", step["run"], False
    else:
        for name, job in pipeline.items():
            if isinstance(job, dict) and "script" in job:
                yield name, "\n".join(job["script"]), "allow_failure" in job


def here(text):
    """A here document."""
    return f"<<'END-OF-TEXT'\n{text}\nEND-OF-TEXT\n"


def commands(path):
    text = path.read_text()
    recipe = yaml.safe_load(text)
    if text.startswith("#cloud-config"):
        files = "".join(f"install -D -m {each['permissions']} /dev/stdin {each['path']} {here(each['content'])}"
                        for each in recipe["write_files"])
        return files + "\n".join(map(shlex.join, recipe["runcmd"])) + "\na_runner_is_protected\n"
    if recipe.get("kind") == "ConfigMap":
        return "a_pod_reads " + here(recipe["data"]["jobwarden.toml"])
    # Each script runs in a checkout of its own; then a runner pulls what was published.
    return "".join(f"job {name} {int(may_warn)} {here(script)}"
                   for name, script, may_warn in scripts(recipe)) + "a_runner_pulls\n"
