// A consumer list, and the commands that it finds in a text.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "hooks/step/commands.h"
#include "hooks/step/words.h"

using namespace jobwarden;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto checked = ParseConsumerList(text);
  if (checked.index() != 0 && std::get<1>(checked).empty()) std::abort();
  const auto list = ParseAcceptedList(text);
  if (list.index() != 0) {
    if (checked.index() == 0) std::abort();
    return 0;
  }
  std::get<0>(list).ByVariable();
  // The list's own text is a script with most of its words.
  const StepEnvironment environment({"ARM_USE_OIDC=true", "A_OIDC_B=1", "HOME=/"});
  const Commands commands(std::get<0>(list), {}, environment);
  for (const Syntax syntax : {Syntax::kShell, Syntax::kCode}) commands.StandIn(text, syntax);
  commands.FilesFor(WordsOf(text));
  return 0;
}
