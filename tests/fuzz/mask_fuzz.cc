// A stream that is masked in pieces is what a plain masker makes of the whole, and never holds more
// back than it may. The input is cut at 0xFF: the first parts are values, the next one says
// where the stream is cut, the rest is the stream. In it 0xFE, a number and a number mean a form of
// a value, and 0xFD, two numbers and a number the same, interrupted after each so many bytes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/verifier/mask/plain_masker.h"
#include "verifier/mask/interruption.h"
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

constexpr std::size_t kMaxStream = 4096;
// The plain masker has no budget: a value that repeats a letter may have a follower at each byte.
constexpr FollowerBudget kUnbounded{1U << 24U, 1U << 24U, 1U << 30U};
constexpr std::string_view kInterruptions[] = {"\n",      "\r\n    ", " |\n| ",
                                               "\x1b[1m", "\" +\n\"", "\n#7 0.1 "};

std::string Interrupt(std::string_view form, unsigned char how) {
  const std::size_t columns = 1U + how / std::size(kInterruptions) * 2;
  std::string text;
  for (; !form.empty(); form.remove_prefix(std::min(columns, form.size()))) {
    text += form.substr(0, columns);
    text += kInterruptions[how % std::size(kInterruptions)];
  }
  return text;
}

using Forms = std::vector<Secret>;

std::string Expand(std::string_view input, const std::vector<Forms>& forms_of_values) {
  const auto number = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
  std::string stream;
  for (std::size_t i = 0; i < input.size() && stream.size() < kMaxStream; ++i) {
    const bool is_interrupted = input[i] == '\xFD' && i + 3 < input.size();
    if (!is_interrupted && (input[i] != '\xFE' || i + 2 >= input.size())) {
      stream += input[i];
      continue;
    }
    const Forms& forms = forms_of_values[number(i + 1) % forms_of_values.size()];
    if (!forms.empty()) {
      const std::string_view form = forms[number(i + 2) % forms.size()].view();
      stream += is_interrupted ? Interrupt(form, number(i + 3)) : std::string(form);
    }
    i += is_interrupted ? 3 : 2;
  }
  return stream;
}

std::string MaskCut(const MaskSet& set, std::string_view stream, std::string_view cuts) {
  // A form may be interrupted at each byte, with an interruption at its end that is not over yet;
  // a JWT may wait for one byte more.
  const std::size_t interruption = 3 * kMaxInterruption;
  const std::size_t most =
      std::max(set.forms().longest() * (1 + interruption) + interruption, kMaxTokenBytes + 1);
  Masker masker(set, kUnbounded);
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
  constexpr std::size_t kMaxValue = 64;
  const std::vector<std::string_view> values{NextPart(input).substr(0, kMaxValue),
                                             NextPart(input).substr(0, kMaxValue),
                                             NextPart(input).substr(0, kMaxValue)};
  const std::string_view cuts = NextPart(input);
  std::vector<Forms> forms;
  for (const std::string_view value : values) forms.push_back(MaskedForms(value));
  const std::string stream = Expand(input, forms);
  const std::vector<std::string> issuers{"i"};
  const MaskSet set(values, issuers);

  const std::string expected = testing::MaskPlainly(stream, values, issuers);
  Require(MaskCut(set, stream, "") == expected);
  Require(MaskCut(set, stream, cuts) == expected);
  Require(MaskCut(set, stream, std::string_view("", 1)) == expected);
  for (const Forms& forms_of_value : forms) {
    for (const Secret& form : forms_of_value) {
      if (form.view().find_first_of("[MASKED]") != std::string_view::npos) continue;
      Require(expected.find(form.view()) == std::string::npos);
    }
  }
  return 0;
}
