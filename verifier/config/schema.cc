#include "verifier/config/schema.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>
#include <utility>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

std::string DidYouMean(std::string_view word, const std::vector<std::string>& known,
                       std::string otherwise) {
  const std::string nearest = NearestWord(word, known);
  return nearest.empty() ? std::move(otherwise) : fmt::format("did you mean \"{}\"?", nearest);
}

// A table without a heading is the file itself.
std::string In(std::string_view heading) {
  return heading.empty() ? "" : fmt::format(" in {}", heading);
}

}  // namespace

std::optional<std::chrono::seconds> ParseDuration(std::string_view text) {
  constexpr std::string_view kUnits = "smhd";
  constexpr std::int64_t kSeconds[] = {1, 60, 3600, 86400};
  constexpr std::int64_t kMost = 1'000'000'000;  // units; far from an overflow
  if (text.empty()) return std::nullopt;
  const std::size_t unit = kUnits.find(text.back());
  std::uint32_t count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (unit == std::string_view::npos || error != std::errc() || stop != end || count > kMost) {
    return std::nullopt;
  }
  return std::chrono::seconds(count * kSeconds[unit]);
}

void Field::Fail(std::string_view message, std::string hint) const {
  problems.Add(node.place, fmt::format("{}: {}", name, message), std::move(hint));
}

void Field::FailKind(std::string_view expected, std::string hint) const {
  Fail(fmt::format("expected {}, got {}", expected, KindName(node)), std::move(hint));
}

const std::string* Field::Text() const {
  const auto* text = node.As<std::string>();
  if (text == nullptr) FailKind("a string");
  return text;
}

const std::string* Field::Line() const {
  const std::string* text = Text();
  if (text == nullptr) return nullptr;
  if (std::any_of(text->begin(), text->end(),
                  [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; })) {
    Fail(fmt::format("expected one line without control characters, got {}", Quote(*text)));
    return nullptr;
  }
  return text;
}

const std::string* Field::AbsolutePath() const {
  const std::string* path = Line();
  if (path == nullptr || path->starts_with('/')) return path;
  Fail(fmt::format("expected an absolute path, got {}", Quote(*path)));
  return nullptr;
}

std::optional<bool> Field::Bool() const {
  if (const bool* boolean = node.As<bool>()) return *boolean;
  const auto* text = node.As<std::string>();
  FailKind("true or false", text != nullptr && (*text == "true" || *text == "false")
                                ? fmt::format("write {} without quotes", *text)
                                : "");
  return std::nullopt;
}

std::optional<std::chrono::seconds> Field::Duration(std::chrono::seconds least,
                                                    std::chrono::seconds most) const {
  constexpr std::string_view kHint = "a whole number and a unit, s, m, h or d: \"90s\", \"24h\"";
  const auto* text = node.As<std::string>();
  if (text == nullptr) {
    FailKind("a duration", std::string(kHint));
    return std::nullopt;
  }
  const auto duration = ParseDuration(*text);
  if (!duration) {
    Fail(fmt::format("expected a duration, got {}", Quote(*text)), std::string(kHint));
    return std::nullopt;
  }
  if (*duration < least || *duration > most) {
    Fail(fmt::format("expected {} to {}, got {}", DurationText(least), DurationText(most),
                     Quote(*text)));
    return std::nullopt;
  }
  return duration;
}

std::optional<std::vector<std::string>> Field::Texts(bool or_one) const {
  const std::string expected = or_one ? "a string or a list of strings" : "a list of strings";
  std::vector<std::string> texts;
  const auto take = [&](const Node& item) {
    const auto* text = item.As<std::string>();
    if (text == nullptr) {
      problems.Add(item.place,
                   fmt::format("{}: expected {}, got {}", name, expected, KindName(item)));
    } else if (text->empty()) {
      problems.Add(item.place, fmt::format("{}: is empty", name));
    } else {
      texts.push_back(*text);
      return true;
    }
    return false;
  };
  const auto* list = node.As<Node::List>();
  if (list == nullptr) {
    if (or_one && node.As<std::string>() != nullptr) {
      if (!take(node)) return std::nullopt;
      return texts;
    }
    FailKind(expected);
    return std::nullopt;
  }
  if (list->empty()) {
    Fail("is an empty list");
    return std::nullopt;
  }
  bool good = true;
  for (const Node& item : *list) good = take(item) && good;
  if (!good) return std::nullopt;
  return texts;
}

namespace schema {

void RefuseUnknown(Problems& problems, const Entry& entry, std::string_view heading,
                   const std::vector<std::string>& known) {
  problems.Add(entry.place, fmt::format("unknown key {}{}", Quote(entry.key), In(heading)),
               DidYouMean(entry.key, known, fmt::format("known keys: {}", Join(known, ", "))));
}

void RefuseMissing(Problems& problems, const Node& table, std::string_view key,
                   std::string_view heading, std::string_view example) {
  if (!problems.IsComplete(table.place.file)) return;
  problems.Add(table.place, fmt::format("missing key \"{}\"{}", key, In(heading)),
               fmt::format("add {}", example));
}

void RefuseChoice(const Field& field, std::string_view word,
                  const std::vector<std::string>& known) {
  constexpr std::size_t kManyWords = 4;
  std::vector<std::string> quoted;
  quoted.reserve(known.size());
  for (const auto& each : known) quoted.push_back(Quote(each));
  const std::string expected =
      known.size() < kManyWords ? Join(quoted, " or ") : "one of " + Join(quoted, ", ");
  field.Fail(fmt::format("expected {}, got {}", expected, Quote(word)),
             DidYouMean(word, known, ""));
}

}  // namespace schema
}  // namespace jobwarden
