#ifndef JOBWARDEN_VERIFIER_BROKER_TICKET_REQUEST_H_
#define JOBWARDEN_VERIFIER_BROKER_TICKET_REQUEST_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace jobwarden {

// What a step guard and the token broker say to each other over the broker's Unix socket: one line
// each way, `step USE ID`, answered with two lines `URL` and `TICKET`. It is a header because the
// guard is linked statically and takes no library of the verifier.

/// What the guard found about the step.
enum class StepUse {
  kNamed,    ///< its script, or a file that the script names, requests id_tokens
  kUnnamed,  ///< nothing in them does, as far as they were followed
  kUnknown,  ///< they could not be followed
  kRefused,  ///< the administrator's settings give this step no id_tokens
};

inline constexpr std::array<std::pair<std::string_view, StepUse>, 4> kStepUses{
    {{"named", StepUse::kNamed},
     {"unnamed", StepUse::kUnnamed},
     {"unknown", StepUse::kUnknown},
     {"refused", StepUse::kRefused}}};

constexpr std::string_view StepUseName(StepUse use) {
  for (const auto& [name, value] : kStepUses) {
    if (value == use) return name;
  }
  return "";
}

/// A guard's request for a ticket. A refused step says so too, so that it cannot ask later.
struct TicketRequest {
  StepUse use = StepUse::kUnnamed;
  std::string step;  ///< GITHUB_ACTION
};

/// What a step gets in place of GitHub's URL and bearer token.
struct Ticket {
  std::string url;
  std::string token;
};

inline constexpr std::size_t kMaxStepIdBytes = 256;
inline constexpr std::size_t kMaxTicketLineBytes = 512;

/// The answer for a step that gets no ticket.
inline constexpr std::string_view kNoTicket = "none\n";
/// Path and query of the URL that steps get. The query has to be there: clients write `&audience=…`
/// after it.
inline constexpr std::string_view kBrokerTarget = "/idtoken?api-version=2.0";

/// Whether this URL is a broker's. A guard below another guard finds such a one.
inline bool IsBrokerUrl(std::string_view url) {
  constexpr std::string_view kHost = "http://127.0.0.1:";
  return url.substr(0, kHost.size()) == kHost && url.size() > kBrokerTarget.size() &&
         url.substr(url.size() - kBrokerTarget.size()) == kBrokerTarget;
}

/// What the job-completed hook says. The broker answers with its report, and ends.
inline constexpr std::string_view kEndLine = "end";
/// How the lines of that report begin.
inline constexpr std::string_view kReportWarning = "warning ";
inline constexpr std::string_view kReportNote = "note ";

inline std::string FormatTicketRequest(const TicketRequest& request) {
  std::string line = "step ";
  line.append(StepUseName(request.use)).append(" ");
  for (const char c : request.step.substr(0, kMaxStepIdBytes)) {
    line += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return line.append("\n");
}

/// Reads a line without its newline. Nothing for any other text.
inline std::optional<TicketRequest> ParseTicketRequest(std::string_view line) {
  constexpr std::string_view kFirst = "step ";
  if (line.size() > kMaxTicketLineBytes || line.substr(0, kFirst.size()) != kFirst) {
    return std::nullopt;
  }
  line.remove_prefix(kFirst.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || line.size() - space - 1 > kMaxStepIdBytes) {
    return std::nullopt;
  }
  for (const auto& [name, use] : kStepUses) {
    if (line.substr(0, space) == name) {
      return TicketRequest{use, std::string(line.substr(space + 1))};
    }
  }
  return std::nullopt;
}

inline std::string FormatTicket(const Ticket& ticket) {
  return std::string(ticket.url).append("\n").append(ticket.token).append("\n");
}

/// Reads the whole answer. Nothing for kNoTicket, and for an answer that was cut off.
inline std::optional<Ticket> ParseTicket(std::string_view answer) {
  const std::size_t first = answer.find('\n');
  const std::size_t second = first == std::string_view::npos ? first : answer.find('\n', first + 1);
  if (second == std::string_view::npos || second + 1 != answer.size()) return std::nullopt;
  Ticket ticket{std::string(answer.substr(0, first)),
                std::string(answer.substr(first + 1, second - first - 1))};
  if (ticket.url.empty() || ticket.token.empty()) return std::nullopt;
  return ticket;
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_TICKET_REQUEST_H_
