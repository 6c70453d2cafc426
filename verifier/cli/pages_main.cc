// Writes manual pages and completions at build time. FOLDER is laid out as /usr/share is.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "verifier/cli/options.h"
#include "verifier/manual/completion.h"
#include "verifier/manual/manual_page.h"
#include "verifier/manual/programs.h"
#include "verifier/os/fd.h"

namespace {

namespace fs = std::filesystem;

bool Write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  return static_cast<bool>(file.flush());
}

bool WriteAll(const fs::path& folder) {
  using namespace jobwarden;
  const CommandReference program = DescribeCommands();
  const fs::path man = folder / "man";
  bool good =
      Write(man / "man1" / "jobwarden.1", CommandPage(program)) &&
      Write(man / "man5" / "jobwarden.toml.5", ConfigPage()) &&
      Write(folder / "bash-completion" / "completions" / "jobwarden", BashCompletion(program)) &&
      Write(folder / "zsh" / "vendor-completions" / "_jobwarden", ZshCompletion(program)) &&
      Write(folder / "fish" / "vendor_completions.d" / "jobwarden.fish", FishCompletion(program));
  for (const NamedPage& page : RunnerProgramPages()) {
    good = Write(man / "man8" / page.file, page.text) && good;
  }
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && WriteAll(argv[1])) return 0;
  jobwarden::Say(STDERR_FILENO, "usage: pages FOLDER\n");
  return 1;
}
