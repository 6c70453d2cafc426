// A stream that is masked in pieces is what a plain masker makes of the whole, and never holds more
// back than it may. The input is cut at 0xFF: the first parts are values, the next one says
// where the stream is cut, the rest is the stream. In it 0xFE, a number and a number stand for a
// form of a value.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/verifier/mask/plain_masker.h"
#include "verifier/mask/masked_forms.h"
#include "verifier/mask/masker.h"
#include "verifier/token/compact_token.h"

using namespace jobwarden;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string_view NextPart(std::string_view& input) {
  const std::string_view part = input.substr(0, input.find('\xFF'));
  input.remove_prefix(std::min(input.size(), part.size() + 1));
  return part;
}

std::string Expand(std::string_view input, const std::vector<std::string_view>& values) {
  std::string stream;
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (input[i] != '\xFE' || i + 2 >= input.size()) {
      stream += input[i];
      continue;
    }
    const auto forms =
        MaskedForms(values[static_cast<unsigned char>(input[i + 1]) % values.size()]);
    if (!forms.empty()) {
      stream += forms[static_cast<unsigned char>(input[i + 2]) % forms.size()].view();
    }
    i += 2;
  }
  return stream;
}

std::string MaskCut(const MaskSet& set, std::string_view stream, std::string_view cuts) {
  // Broken into lines, a form is half as long again at most, and a JWT may wait for one byte more.
  const std::size_t most = std::max(set.forms().longest() * 2, kMaxTokenBytes + 1);
  Masker masker(set);
  std::string masked;
  const auto append = [&](const Masker::Pieces& pieces) {
    for (const std::string_view piece : pieces) masked += piece;
  };
  std::size_t taken = 0;
  for (std::size_t i = 0; taken < stream.size(); ++i) {
    const std::size_t size =
        cuts.empty() ? stream.size() : static_cast<unsigned char>(cuts[i % cuts.size()]) + 1U;
    append(masker.Feed(stream.substr(taken, size)));
    taken += std::min(size, stream.size() - taken);
    if (masked.find("[MASKED]") == std::string::npos) Require(taken - masked.size() <= most);
  }
  append(masker.Finish());
  return masked;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 1024));
  const std::vector<std::string_view> values{NextPart(input), NextPart(input), NextPart(input)};
  const std::string_view cuts = NextPart(input);
  const std::string stream = Expand(input, values);
  const std::vector<std::string> issuers{"i"};
  const MaskSet set(values, issuers);

  const std::string expected = testing::MaskPlainly(stream, values, issuers);
  Require(MaskCut(set, stream, "") == expected);
  Require(MaskCut(set, stream, cuts) == expected);
  Require(MaskCut(set, stream, std::string_view("", 1)) == expected);
  for (const std::string_view value : values) {
    for (const Secret& form : MaskedForms(value)) {
      if (form.view().find_first_of("[MASKED]") != std::string_view::npos) continue;
      Require(expected.find(form.view()) == std::string::npos);
    }
  }
  return 0;
}
