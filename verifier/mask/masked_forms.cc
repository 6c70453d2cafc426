#include "verifier/mask/masked_forms.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "verifier/base/value_length.h"
#include "verifier/mask/encodings.h"
#include "verifier/mask/form_set.h"
#include "verifier/mask/secret_lines.h"
#include "verifier/mask/spellings.h"

namespace jobwarden {
namespace {

// A kind of forms beside the plain one, and which values have forms of that kind. Each kind is
// asked for by itself, so none can be lost because another one has nothing to add.
struct FormKind {
  bool (*is_for)(std::string_view value);
  void (*add)(std::string_view value, FormSet& forms);
};
constexpr FormKind kFormKinds[] = {
    {[](std::string_view) { return true; }, AddEncodings},
    {HasSpecialCharacters, AddSpellings},
};

std::vector<Secret> FormsOf(std::string_view text, bool is_encoded) {
  FormSet forms;
  forms.Add(Secret(std::string(text)));
  for (const FormKind& kind : kFormKinds) {
    if (is_encoded && kind.is_for(text)) kind.add(text, forms);
  }
  return forms.Take();
}

}  // namespace

std::vector<Secret> MaskedForms(std::string_view value) {
  std::string_view text = TrimWhiteSpace(value);
  if (text.empty() || value.size() < kMinSearchedBytes) return {};
  if (text.size() < kMinSearchedBytes) text = value;
  const bool is_encoded = text.size() <= kMaxEncodedBytes;
  std::vector<Secret> all = FormsOf(text, is_encoded);

  auto lines = SecretLines(text);
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  const bool lines_are_encoded = is_encoded && lines.size() <= kMaxEncodedLines;
  for (const std::string_view line : lines) {
    auto forms = FormsOf(line, lines_are_encoded);
    std::move(forms.begin(), forms.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace jobwarden
