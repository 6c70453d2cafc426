#include "verifier/manual/programs.h"

#include "verifier/manual/manual_page.h"

namespace jobwarden {
namespace {

constexpr const char* kConfigText = "the configuration, instead of /etc/jobwarden/jobwarden.toml";

NamedPage ExecutorPage() {
  ManualPage page("jobwarden-executor", 8, "the driver of GitLab Runner's custom executor");
  page.Section("SYNOPSIS");
  page.Example(
      "jobwarden-executor [--config FILE] config\n"
      "jobwarden-executor [--config FILE] prepare\n"
      "jobwarden-executor [--config FILE] run SCRIPT STAGE\n"
      "jobwarden-executor [--config FILE] cleanup\n"
      "jobwarden-executor --help | --version");
  page.Section("DESCRIPTION");
  page.Paragraph(
      "GitLab Runner starts it once for each stage of a job, if [runners.custom] in config.toml "
      "names it for all four. It lets a job run only if the policy allows the job's own id_token.");
  page.Section("COMMANDS");
  page.Term("config", "", "checks the configuration, and says where builds and cache are");
  page.Term("prepare", "", "verifies the job's token, decides, and writes audit line and verdict");
  page.Term("run", "SCRIPT STAGE",
            "runs a script of an allowed job, without the tokens that it does not use");
  page.Term("cleanup", "", "ends what the job left running; it always succeeds");
  page.Section("OPTIONS");
  page.Term("--config", "FILE", kConfigText);
  page.Term("--help", "", "prints the usage");
  page.Term("--version", "", "prints the version");
  page.Section("EXIT STATUS");
  page.Paragraph(
      "BUILD_FAILURE_EXIT_CODE for a job that is denied, SYSTEM_FAILURE_EXIT_CODE for a fault that "
      "is not the job's, else what the script ends with.");
  page.Section("SEE ALSO");
  page.Paragraph("jobwarden(1), jobwarden.toml(5)");
  return {"jobwarden-executor.8", page.text()};
}

NamedPage HookPage() {
  ManualPage page("jobwarden-hook", 8, "the hooks of GitHub's self-hosted runner, and of GitLab's");
  page.Section("SYNOPSIS");
  page.Example(
      "jobwarden-hook [--config FILE] github job-started\n"
      "jobwarden-hook [--config FILE] github job-completed\n"
      "jobwarden-hook [--config FILE] github container\n"
      "jobwarden-hook [--config FILE] github mint --audience A (--output NAME | --env NAME)\n"
      "jobwarden-hook [--config FILE] gitlab pre-build\n"
      "jobwarden-hook --help | --version");
  page.Section("DESCRIPTION");
  page.Paragraph(
      "The files job-started.sh, job-completed.js and container.js start it; GitHub's runner "
      "starts "
      "those if its file .env names them.");
  page.Section("COMMANDS");
  page.Term("github job-started", "",
            "requests the job's id_token, decides, and ends a job that is denied");
  page.Term("github job-completed", "", "looks for tokens that the job left, and tidies up");
  page.Term("github container", "", "comes before the container hook; reads its message");
  page.Term("github mint", "", "gets an id_token for a step, and verifies it");
  page.Term("gitlab pre-build", "",
            "checks a job from inside, in a pre_build_script: advice, and not a gate");
  page.Section("OPTIONS");
  page.Term("--config", "FILE", kConfigText);
  page.Term("--audience", "A", "of mint: the service that the token is for");
  page.Term("--output", "NAME", "of mint: the step's output that gets the token");
  page.Term("--env", "NAME", "of mint: the variable of later steps that gets the token");
  page.Term("--help", "", "prints the usage");
  page.Term("--version", "", "prints the version");
  page.Section("EXIT STATUS");
  page.Paragraph("0 if the job goes on, 1 if not.");
  page.Section("SEE ALSO");
  page.Paragraph("jobwarden(1), jobwarden-guard(8), jobwarden.toml(5)");
  return {"jobwarden-hook.8", page.text()};
}

NamedPage GuardPage() {
  ManualPage page("jobwarden-guard", 8, "comes before the shells of run: steps");
  page.Section("SYNOPSIS");
  page.Example("bash [ARGUMENT...]");
  page.Section("DESCRIPTION");
  page.Paragraph(
      "job-started puts a folder at the begin of a GitHub job's PATH, in which this program has "
      "the "
      "names of shells and interpreters. In a run: step it puts the runner's broker and a ticket "
      "in "
      "the place of the right to request id_tokens, and then becomes the real program. It has no "
      "options of its own, and is not started by hand.");
  page.Section("SEE ALSO");
  page.Paragraph("jobwarden-hook(8), jobwarden.toml(5)");
  return {"jobwarden-guard.8", page.text()};
}

}  // namespace

std::vector<NamedPage> RunnerProgramPages() {
  return {ExecutorPage(), HookPage(), GuardPage()};
}

}  // namespace jobwarden
