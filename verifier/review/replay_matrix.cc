#include "verifier/review/replay_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

std::int64_t Number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

std::string Show(const ReplayExample& example) {
  return fmt::format("{}{} of {} ({}:{})", example.id.empty() ? "" : Visible(example.id) + ", ",
                     example.job.empty() ? "a job" : "job " + Quote(example.job),
                     example.project.empty() ? "an unnamed project" : Quote(example.project),
                     example.file, example.line);
}

Object Describe(const ReplayExample& example) {
  return {{"id", example.id.empty() ? Value() : Value(example.id)},
          {"job", example.job},
          {"project", example.project},
          {"file", example.file},
          {"line", Number(example.line)}};
}

template <typename Map>
auto ByCount(const Map& map) {
  std::vector<typename Map::const_pointer> sorted;
  sorted.reserve(map.size());
  for (const auto& each : map) sorted.push_back(&each);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](auto a, auto b) { return a->second.count > b->second.count; });
  return sorted;
}

}  // namespace

// The earliest place is the example, so that the threads' turns do not matter.
void ReplayMatrix::Cell::Add(std::uint64_t more, ReplayExample one) {
  if (count == 0 || std::tie(one.file, one.line) < std::tie(example.file, example.line)) {
    example = std::move(one);
  }
  count += more;
}

void ReplayMatrix::Add(const Replayed& before, const Replayed& now, ReplayExample example) {
  if (before.outcome != now.outcome || before.by != now.by) {
    changes_[{before.outcome, now.outcome, example.project, before.by, now.by}].Add(1, example);
  }
  cells_[{before.outcome, now.outcome}].Add(1, std::move(example));
}

void ReplayMatrix::Add(ReplayMatrix&& other) {
  for (auto& [key, cell] : other.cells_) cells_[key].Add(cell.count, std::move(cell.example));
  for (auto& [key, cell] : other.changes_) changes_[key].Add(cell.count, std::move(cell.example));
}

std::uint64_t ReplayMatrix::total() const {
  return std::accumulate(
      cells_.begin(), cells_.end(), std::uint64_t{0},
      [](std::uint64_t sum, const auto& each) { return sum + each.second.count; });
}

std::uint64_t ReplayMatrix::newly_allowed() const {
  std::uint64_t sum = 0;
  for (const auto& [key, cell] : cells_) {
    if (key.first != "allow" && key.second == "allow") sum += cell.count;
  }
  return sum;
}

std::string ReplayMatrix::Text() const {
  constexpr std::size_t kShown = 20;
  std::string text = fmt::format("{:>10}  {:<18} {:<18}\n", "decisions", "was", "is");
  for (const auto& [key, cell] : cells_) {
    text += fmt::format("{:>10}  {:<18} {:<18} for example {}\n", cell.count, key.first, key.second,
                        Show(cell.example));
  }
  text += fmt::format("{:>10}  all\n", total());
  if (changes_.empty()) return text;
  text += "changes, by project and rule:\n";
  const auto sorted = ByCount(changes_);
  for (std::size_t i = 0; i < std::min(kShown, sorted.size()); ++i) {
    const auto& [change, cell] = *sorted[i];
    text += fmt::format("{:>10}  {}: {} ({}) -> {} ({}), for example {}\n", cell.count,
                        change.project.empty() ? "no project" : Quote(change.project),
                        change.before, Visible(change.by_before), change.now,
                        Visible(change.by_now), Show(cell.example));
  }
  if (sorted.size() > kShown) {
    text += fmt::format("            and {} more (--json has all)\n", sorted.size() - kShown);
  }
  return text;
}

Value ReplayMatrix::Json() const {
  Array cells;
  for (const auto& [key, cell] : cells_) {
    cells.emplace_back(Object{{"was", key.first},
                              {"is", key.second},
                              {"count", Number(cell.count)},
                              {"example", Describe(cell.example)}});
  }
  Array changes;
  for (const auto* each : ByCount(changes_)) {
    const auto& [change, cell] = *each;
    changes.emplace_back(Object{{"project", change.project},
                                {"was", change.before},
                                {"was_by", change.by_before},
                                {"is", change.now},
                                {"is_by", change.by_now},
                                {"count", Number(cell.count)},
                                {"example", Describe(cell.example)}});
  }
  return Object{
      {"decisions", Number(total())}, {"cells", std::move(cells)}, {"changes", std::move(changes)}};
}

}  // namespace jobwarden
