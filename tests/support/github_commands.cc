#include "tests/support/github_commands.h"

#include <sstream>

namespace jobwarden::testing {
namespace {

std::string Decode(std::string text, bool property) {
  std::vector<std::pair<std::string, std::string>> codes = {{"%0D", "\r"}, {"%0A", "\n"}};
  if (property) {
    codes.emplace_back("%3A", ":");
    codes.emplace_back("%2C", ",");
  }
  codes.emplace_back("%25", "%");  // last: what it makes is not decoded again
  for (const auto& [code, meant] : codes) {
    for (auto at = text.find(code); at != text.npos; at = text.find(code, at + meant.size())) {
      text.replace(at, code.size(), meant);
    }
  }
  return text;
}

}  // namespace

std::optional<OutputCommand> ParseOutputCommand(const std::string& line) {
  const auto begin = line.find_first_not_of(" \t");
  if (begin == line.npos || line.compare(begin, 2, "::") != 0) return std::nullopt;
  const auto end = line.find("::", begin + 2);
  if (end == line.npos) return std::nullopt;
  const std::string head = line.substr(begin + 2, end - begin - 2);
  OutputCommand command;
  command.message = Decode(line.substr(end + 2), false);
  const auto space = head.find(' ');
  command.name = head.substr(0, space);
  if (command.name.empty()) return std::nullopt;
  if (space == head.npos) return command;
  std::istringstream properties(head.substr(space + 1));
  for (std::string property; std::getline(properties, property, ',');) {
    const auto equals = property.find('=');
    if (equals == property.npos) continue;
    const auto name = property.find_first_not_of(' ');
    command.properties[property.substr(name, equals - name)] =
        Decode(property.substr(equals + 1), true);
  }
  return command;
}

std::vector<std::pair<std::string, std::string>> ParseAssignments(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> assignments;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    const auto heredoc = line.find("<<");
    if (heredoc < equals) {
      const std::string end = line.substr(heredoc + 2);
      std::string value;
      for (std::string next; std::getline(lines, next) && next != end;) value += next + '\n';
      if (!value.empty()) value.pop_back();
      assignments.emplace_back(line.substr(0, heredoc), value);
    } else if (equals != line.npos) {
      assignments.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    }
  }
  return assignments;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) found.push_back(line);
  }
  return found;
}

}  // namespace jobwarden::testing
