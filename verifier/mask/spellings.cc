#include "verifier/mask/spellings.h"

#include <algorithm>
#include <utility>

#include "verifier/mask/compose.h"
#include "verifier/mask/json_spellings.h"
#include "verifier/mask/quoted_spellings.h"
#include "verifier/mask/xml_spellings.h"

namespace jobwarden {
namespace {

struct PercentStyle {
  std::string_view kept;  // besides letters and digits
  std::string_view space;
  std::string_view digits;
};
constexpr PercentStyle kPercentStyles[] = {
    {"-._~", "%20", kUpperHex},                  // RFC 3986, curl
    {"-._~", "%20", kLowerHex},                  //
    {"-._~/", "%20", kUpperHex},                 // Python's quote
    {"-._~!*'()", "%20", kUpperHex},             // encodeURIComponent
    {"-._~", "+", kUpperHex},                    // Python's quote_plus, Go's QueryEscape
    {"-._*", "+", kUpperHex},                    // HTML forms
    {"-._", "+", kUpperHex},                     // PHP
    {"-._!*()", "+", kLowerHex},                 // .NET
    {"-._@*+/", "%20", kUpperHex},               // JavaScript's escape
    {"-._~!*'();/?:@&=+$,#", "%20", kUpperHex},  // encodeURI
    {"-._~$&+,;=", "%20", kUpperHex},            // Go's user:password@
    {"-._~$&+=:@", "%20", kUpperHex},            // Go's PathEscape
};

Secret Percent(const CutText& value, const PercentStyle& style) {
  return value.SpellBytes([&](auto& write, char c) {
    if (IsOneOf(c, style.kept)) return write(c);
    if (c == ' ') return write(style.space);
    write('%');
    WriteHex(write, Byte(c), 2, style.digits);
  });
}

// As a shell splits words: white space becomes one blank.
Secret Words(std::string_view value) {
  return Compose([=](auto& write) {
    bool blank = false;
    for (const char c : value) {
      const bool is_blank = IsOneOf(c, " \t\n");
      if (!is_blank || !blank) write(is_blank ? ' ' : c);
      blank = is_blank;
    }
  });
}

bool IsWrittenInOneWay(char c) {
  return IsAlphanumeric(c) || c == '-' || c == '.' || c == '_';
}

}  // namespace

bool HasSpecialCharacters(std::string_view value) {
  return !std::all_of(value.begin(), value.end(), IsWrittenInOneWay);
}

void AddSpellings(std::string_view value, FormSet& forms) {
  const CutText text(value);
  for (const PercentStyle& style : kPercentStyles) {
    Secret once = Percent(text, style);
    forms.Add(Percent(CutText(once.view()), style));
    forms.Add(std::move(once));
  }
  AddJsonSpellings(text, forms);
  AddXmlSpellings(text, forms);

  FormSet quoted;
  AddQuotedSpellings(text, quoted);
  for (Secret& form : quoted.Take()) {
    forms.Add(InJson(form.view()));
    forms.Add(std::move(form));
  }
  for (const bool ascii : {false, true}) {
    const Secret json = InJson(value, ascii);
    const CutText json_text(json.view());
    AddQuotedSpellings(json_text, forms);
    AddXmlSpellings(json_text, forms);
  }

  forms.Add(Words(value));
}

}  // namespace jobwarden
