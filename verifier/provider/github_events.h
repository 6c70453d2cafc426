#ifndef JOBWARDEN_VERIFIER_PROVIDER_GITHUB_EVENTS_H_
#define JOBWARDEN_VERIFIER_PROVIDER_GITHUB_EVENTS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// What an administrator says of events, by their names (`[fork] events`): true if an event's jobs
/// count as the repository's own, whatever its payload says; false if they count as a fork's.
using OwnEvents = std::map<std::string, bool, std::less<>>;

/// The names of all events that GitHub starts workflows for.
const std::vector<std::string>& GitHubEventNames();

/// Whether jobs of this event run what the repository itself holds, whoever caused the event. If
/// the administrator says nothing: false for events that a fork's pull request can cause, for
/// `merge_group`, whose branch may hold a fork's commits, and for those not known here.
bool IsOwnEvent(std::string_view event, const OwnEvents& said);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_GITHUB_EVENTS_H_
