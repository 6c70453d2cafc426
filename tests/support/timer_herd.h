#ifndef JOBWARDEN_TESTS_SUPPORT_TIMER_HERD_H_
#define JOBWARDEN_TESTS_SUPPORT_TIMER_HERD_H_

#include <cstddef>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace jobwarden::testing {

/// When a systemd timer starts its service.
struct Timer {
  double first = 0;         ///< seconds after the machine's start
  double pause = 0;         ///< seconds from the end of one run to the next one
  double delay = 0;         ///< up to so many seconds are added to both, by chance
  double accuracy = 60;     ///< and up to so many to bring it together with other timers
  bool by_machine = false;  ///< the delay is one that comes from the machine's id
};

/// Seconds of `0`, `30s`, `5min` or `2h`.
inline double SecondsOf(const std::string& text) {
  std::size_t digits = 0;
  const double number = std::stod(text, &digits);
  const std::map<std::string, double> units{{"", 1},     {"s", 1},    {"sec", 1},   {"m", 60},
                                            {"min", 60}, {"h", 3600}, {"d", 86'400}};
  return number * units.at(text.substr(digits));
}

/// Reads a timer's unit. Throws for settings that this does not know.
inline Timer ReadTimer(const std::string& path) {
  std::map<std::string, std::string> settings;
  std::istringstream lines(Slurp(path));
  for (std::string line; std::getline(lines, line) && line != "[Install]";) {
    const auto equals = line.find('=');
    if (line.starts_with('#') || equals == line.npos) continue;
    settings[line.substr(0, equals)] = line.substr(equals + 1);
  }
  Timer timer;
  for (const auto& [name, value] : settings) {
    if (name == "OnActiveSec") {
      timer.first = SecondsOf(value);
    } else if (name == "OnUnitInactiveSec") {
      timer.pause = SecondsOf(value);
    } else if (name == "RandomizedDelaySec") {
      timer.delay = SecondsOf(value);
    } else if (name == "FixedRandomDelay") {
      timer.by_machine = value != "no" && value != "false";
    } else if (name == "AccuracySec") {
      timer.accuracy = SecondsOf(value);
    } else if (name != "Description") {
      throw std::runtime_error(path + ": " + name);
    }
  }
  return timer;
}

/// How many of so many machines, all of which start at the same moment as after a power cut, run
/// the service in each of the first seconds. A run takes no time.
inline std::vector<std::size_t> RunsBySecond(const Timer& timer, std::size_t machines,
                                             std::size_t seconds) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> chance(0, timer.delay);
  std::vector<std::size_t> runs(seconds);
  for (std::size_t i = 0; i < machines; ++i) {
    for (double at = timer.first + chance(random); at < static_cast<double>(seconds);
         at += timer.pause + chance(random)) {
      ++runs[static_cast<std::size_t>(at)];
    }
  }
  return runs;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_TIMER_HERD_H_
