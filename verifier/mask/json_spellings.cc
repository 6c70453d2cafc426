#include "verifier/mask/json_spellings.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "verifier/mask/compose.h"

namespace jobwarden {
namespace {

struct JsonStyle {
  std::string_view marked = "\"\\";  // with a backslash before it
  std::string_view as_unicode = {};  // escaped though it need not be, as `\u003c`
  bool ascii = false;                // what is not ASCII is escaped
  std::string_view digits = kLowerHex;
};
constexpr JsonStyle kPlainJson;
constexpr JsonStyle kJsonStyles[] = {
    kPlainJson,                                                          // jq, JSON.stringify
    {.ascii = true},                                                     // Python
    {.marked = "\"\\/", .ascii = true},                                  // PHP
    {.marked = "\"\\/", .ascii = false},                                 // PHP, Java
    {.as_unicode = "<>&"},                                               // Go, Ruby on Rails
    {.as_unicode = "<>&'"},                                              // Windows PowerShell
    {.as_unicode = "<>&'="},                                             // Gson
    {.as_unicode = "\"<>&'", .ascii = true, .digits = kUpperHex},        // PHP for HTML
    {.as_unicode = "\"<>&'+`\x7F", .ascii = true, .digits = kUpperHex},  // .NET
    {.ascii = true, .digits = kUpperHex},                                // Java
    {.marked = "\\=:#!", .ascii = true, .digits = kUpperHex},            // Java's properties
};

void WriteUnicode(auto& write, std::uint32_t number, std::string_view digits) {
  const auto write_unit = [&](std::uint32_t unit) {
    write("\\u");
    WriteHex(write, unit, 4, digits);
  };
  if (number < 0x10000) return write_unit(number);
  write_unit(0xD800 + ((number - 0x10000) >> 10));
  write_unit(0xDC00 + ((number - 0x10000) & 0x3FF));
}

Secret Json(const CutText& value, const JsonStyle& style) {
  constexpr std::string_view kNamed = "\b\f\n\r\t";
  constexpr std::string_view kNames = "bfnrt";
  return value.Spell([&](auto& write, std::string_view bytes, std::uint32_t number) {
    const char c = bytes.front();
    const std::size_t place = kNamed.find(c);
    const bool is_named = place != std::string_view::npos;
    const bool by_number = IsOneOf(c, style.as_unicode) || (Byte(c) < 0x20 && !is_named) ||
                           (style.ascii && bytes.size() > 1);
    if (by_number) {
      WriteUnicode(write, number, style.digits);
    } else if (is_named || IsOneOf(c, style.marked)) {
      write('\\');
      write(is_named ? kNames[place] : c);
    } else {
      write(bytes);
    }
  });
}

}  // namespace

Secret InJson(std::string_view text, bool ascii) {
  return Json(CutText(text), {.ascii = ascii});
}

void AddJsonSpellings(const CutText& value, FormSet& forms) {
  for (const JsonStyle& style : kJsonStyles) {
    Secret once = Json(value, style);
    forms.Add(InJson(once.view()));
    forms.Add(std::move(once));
  }
}

}  // namespace jobwarden
