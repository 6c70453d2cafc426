#include "hooks/guard/settings.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <system_error>
#include <utility>

namespace jobwarden {
namespace {

constexpr std::pair<std::string_view, StepTokens> kStepTokens[] = {{"all", StepTokens::kAll},
                                                                   {"any", StepTokens::kAny},
                                                                   {"named", StepTokens::kNamed},
                                                                   {"listed", StepTokens::kListed}};

constexpr std::string_view kFirstLine = "jobwarden-guard 1";
constexpr std::string_view kLastLine = "end";

void AddLine(std::string& text, std::string_view key, std::string_view value) {
  text.append(key).append(" ");
  for (const char c : value) text += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
  text += '\n';
}

// The text up to the next newline, which must be there.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string_view GuardSettings::ProgramOf(std::string_view name) const {
  for (const std::string_view program : programs) {
    const std::size_t space = program.find(' ');
    if (space != program.npos && program.substr(0, space) == name) return program.substr(space + 1);
  }
  return "";
}

std::string FormatGuardSettings(const GuardSettings& settings) {
  std::string text;
  AddLine(text, "verdict", settings.allowed ? "allow" : "deny");
  for (const auto& [word, steps] : kStepTokens) {
    if (steps == settings.step_tokens) AddLine(text, "step_tokens", word);
  }
  if (settings.strips_git) AddLine(text, "git_credentials", "strip");
  for (const std::string& step : settings.keep_steps) AddLine(text, "keep_step", step);
  for (const std::string& consumer : settings.consumers) AddLine(text, "consumer", consumer);
  if (settings.worker != 0) AddLine(text, "worker", std::to_string(settings.worker));
  if (!settings.broker.empty()) AddLine(text, "broker", settings.broker);
  for (const std::string& program : settings.programs) AddLine(text, "program", program);
  std::string denial;
  for (const std::string& line : settings.denial) {
    std::string next;
    AddLine(next, "denial", line);
    constexpr std::size_t kAround = kFirstLine.size() + kLastLine.size() + 2;
    if (text.size() + denial.size() + next.size() + kAround > kMaxGuardSettingsBytes) break;
    denial += next;
  }
  return std::string(kFirstLine)
      .append("\n")
      .append(text)
      .append(denial)
      .append(kLastLine)
      .append("\n");
}

std::optional<GuardSettings> ParseGuardSettings(std::string_view text) {
  if (text.size() > kMaxGuardSettingsBytes || TakeLine(text) != kFirstLine) return std::nullopt;
  GuardSettings settings;
  bool has_verdict = false;
  while (const auto line = TakeLine(text)) {
    if (*line == kLastLine) {
      return text.empty() && has_verdict ? std::optional(std::move(settings)) : std::nullopt;
    }
    const std::size_t space = std::min(line->find(' '), line->size());
    const std::string_view key = line->substr(0, space);
    const std::string_view value = line->substr(std::min(space + 1, line->size()));
    if (key == "verdict") {
      if (has_verdict || (value != "allow" && value != "deny")) return std::nullopt;
      has_verdict = true;
      settings.allowed = value == "allow";
    } else if (key == "step_tokens") {
      const auto* known = std::find_if(std::begin(kStepTokens), std::end(kStepTokens),
                                       [&](const auto& each) { return each.first == value; });
      if (known == std::end(kStepTokens)) return std::nullopt;
      settings.step_tokens = known->second;
    } else if (key == "git_credentials") {
      if (value != "strip") return std::nullopt;
      settings.strips_git = true;
    } else if (key == "keep_step") {
      settings.keep_steps.emplace_back(value);
    } else if (key == "consumer") {
      settings.consumers.emplace_back(value);
    } else if (key == "worker") {
      const char* end = value.data() + value.size();
      const auto [stop, error] = std::from_chars(value.data(), end, settings.worker);
      if (error != std::errc() || stop != end || settings.worker <= 0) return std::nullopt;
    } else if (key == "broker") {
      settings.broker = value;
    } else if (key == "program") {
      settings.programs.emplace_back(value);
    } else if (key == "denial") {
      settings.denial.emplace_back(value);
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace jobwarden
