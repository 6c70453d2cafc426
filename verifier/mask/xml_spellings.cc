#include "verifier/mask/xml_spellings.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "verifier/mask/compose.h"

namespace jobwarden {
namespace {

// `&` and `<` are always escaped; these in one program, and not in the other.
struct Entities {
  std::string_view greater = "&gt;";
  std::string_view quote = "&quot;";
  std::string_view apostrophe = "&#39;";
  std::string_view slash = "/";
  std::string_view plus = "+";
  std::string_view equals = "=";
  std::string_view backquote = "`";
};
constexpr Entities kTemplates[] = {
    {.quote = "&#34;", .plus = "&#43;"},                                  // Go's html/template
    {.slash = "&#x2F;", .equals = "&#x3D;", .backquote = "&#x60;"},       // Mustache
    {.apostrophe = "&#x27;", .equals = "&#x3D;", .backquote = "&#x60;"},  // Handlebars
};

// A number in base 10 or 16.
struct Number {
  std::string_view begin;
  std::uint32_t base;
  std::string_view digits;
  std::uint32_t first_unit = 1;  // of the first digit that is never left out
};
constexpr Number kDecimal{"&#", 10, kLowerHex};
constexpr Number kTwoDecimals{"&#", 10, kLowerHex, 10};  // Python's ElementTree
constexpr Number kLowerHexadecimal{"&#x", 16, kLowerHex};
constexpr Number kUpperHexadecimal{"&#x", 16, kUpperHex};

std::string_view NameOf(char c, const Entities& entities) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return entities.greater;
    case '"':
      return entities.quote;
    case '\'':
      return entities.apostrophe;
    case '/':
      return entities.slash;
    case '+':
      return entities.plus;
    case '=':
      return entities.equals;
    case '`':
      return entities.backquote;
    default:
      return {};
  }
}

void WriteNumber(auto& write, std::uint32_t number, const Number& style) {
  std::uint32_t unit = style.first_unit;
  while (number / unit >= style.base) unit *= style.base;
  write(style.begin);
  for (; unit > 0; unit /= style.base) write(style.digits[number / unit % style.base]);
  write(';');
}

// `entities` are the names of what has one; none where it is written by number, too. By number are
// control characters (not in text, only in attributes) and what is not ASCII.
struct XmlStyle {
  const Entities* entities = nullptr;
  const Number* controls = nullptr;
  const Number* wide = nullptr;
};

Secret Xml(const CutText& value, const XmlStyle& style) {
  return value.Spell([&](auto& write, std::string_view bytes, std::uint32_t number) {
    const char c = bytes.front();
    const bool has_name = IsOneOf(c, "&<>\"'");
    const Number* by_number = number < 0x20 ? style.controls : nullptr;
    if (bytes.size() > 1 || (has_name && style.entities == nullptr)) by_number = style.wide;
    if (by_number != nullptr) return WriteNumber(write, number, *by_number);
    const std::string_view name =
        style.entities == nullptr ? std::string_view() : NameOf(c, *style.entities);
    write(name.empty() ? bytes : name);
  });
}

bool IsWide(char c) {
  return !IsAscii(c);
}

bool IsLowControl(char c) {
  return Byte(c) < 0x20;
}

}  // namespace

void AddXmlSpellings(const CutText& value, FormSet& forms) {
  constexpr std::string_view kGreater[] = {">", "&gt;"};
  constexpr std::string_view kQuotes[] = {"\"", "&quot;", "&#34;", "&#x22;"};
  constexpr std::string_view kApostrophes[] = {"'", "&apos;", "&#39;", "&#x27;", "&#039;"};
  constexpr const Number* kNumbers[] = {nullptr, &kDecimal, &kUpperHexadecimal, &kTwoDecimals};
  // A character that the value does not have is not written in different ways.
  const auto ways = [&value](char c, auto& all) {
    return std::span(all).first(IsOneOf(c, value.text()) ? std::size(all) : 1);
  };
  const auto numbers = [&value, &kNumbers](bool (*is_one)(char)) {
    const bool has = std::any_of(value.text().begin(), value.text().end(), is_one);
    return std::span(kNumbers).first(has ? std::size(kNumbers) : 1);
  };
  for (const Number* const controls : numbers(IsLowControl)) {
    for (const Number* const wide : numbers(IsWide)) {
      for (const auto greater : ways('>', kGreater)) {
        for (const auto quote : ways('"', kQuotes)) {
          for (const auto apostrophe : ways('\'', kApostrophes)) {
            const Entities entities{greater, quote, apostrophe};
            forms.Add(Xml(value, {&entities, controls, wide}));
          }
        }
      }
    }
  }
  for (const Entities& entities : kTemplates) forms.Add(Xml(value, {&entities}));
  for (const Number* const number : {&kDecimal, &kLowerHexadecimal, &kUpperHexadecimal}) {
    forms.Add(Xml(value, {nullptr, number, number}));
  }
}

}  // namespace jobwarden
