// The reader of a project's CI configuration: whatever it takes for a declaration, a name that a
// shell would expand is one that is used.

#include "hooks/gitlab/ci_config.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace jobwarden;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string yaml(reinterpret_cast<const char*>(data), size);
  const std::string name = "VAULT_ID_TOKEN";
  const bool used = UsedInCiConfig(yaml, {name}).contains(name);
  if (used && yaml.find(name) == yaml.npos) std::abort();
  // The green echo of a line, which the runner alone writes, begins with an escape character.
  if (!used && yaml.find("${" + name + "}") != yaml.npos && yaml.find('\x1b') == yaml.npos) {
    std::abort();
  }
  if (!UsedInCiConfig(yaml + "\n- $" + name, {name}).contains(name)) std::abort();
  if (!HasInclude(yaml + "\ninclude: x")) std::abort();
  return 0;
}
