#include "verifier/broker/step_table.h"

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>

using namespace jobwarden;

namespace {

// A child of this process, which is the worker here.
struct Child {
  Child() : pid(fork()) {
    if (pid == 0) {
      pause();
      _exit(0);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { End(); }
  void End() {
    if (pid == 0) return;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    pid = 0;
  }
  pid_t pid;
};

std::string CodeOf(const Result<BrokerStep>& step) {
  return step ? "" : std::string(CodeName(step.findings().front().code));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(step_table)

BOOST_AUTO_TEST_CASE(each_step_gets_one_ticket_of_its_own) {
  StepTable steps(getpid(), "http://127.0.0.1:1/x");
  const Child one;
  const Child two;
  const auto first = ParseTicket(steps.Begin(one.pid, {StepUse::kNamed, "one"}));
  const auto second = ParseTicket(steps.Begin(two.pid, {StepUse::kUnnamed, "two"}));
  BOOST_REQUIRE((first && second));
  BOOST_TEST(first->url == "http://127.0.0.1:1/x");
  BOOST_TEST(first->token.size() == 32U);
  BOOST_TEST(first->token != second->token);
  const auto step = steps.Find(first->token);
  BOOST_REQUIRE(step);
  BOOST_TEST(step->id == "one");
  BOOST_TEST((step->use == StepUse::kNamed));
  BOOST_TEST(step->process.pid == one.pid);
  BOOST_TEST(steps.Begin(one.pid, {StepUse::kNamed, "one"}) == kNoTicket);
  const auto others = steps.Others(step->process);
  BOOST_REQUIRE(others.size() == 1);
  BOOST_TEST(others[0].pid == two.pid);
}

BOOST_AUTO_TEST_CASE(process_that_the_worker_did_not_start_gets_none) {
  StepTable steps(getppid(), "http://127.0.0.1:1/x");
  const Child child;
  BOOST_TEST(steps.Begin(child.pid, {StepUse::kNamed, ""}) == kNoTicket);
  BOOST_TEST(steps.Begin(1, {StepUse::kNamed, ""}) == kNoTicket);
  BOOST_TEST(steps.Begin(-1, {StepUse::kNamed, ""}) == kNoTicket);
}

BOOST_AUTO_TEST_CASE(ticket_dies_with_its_step) {
  StepTable steps(getpid(), "http://127.0.0.1:1/x");
  Child child;
  const auto ticket = ParseTicket(steps.Begin(child.pid, {StepUse::kNamed, "one"}));
  BOOST_REQUIRE(ticket.has_value());
  child.End();
  const auto step = steps.Find(ticket->token);
  BOOST_TEST(CodeOf(step) == "TICKET_INVALID");
  BOOST_TEST(step.findings().front().message ==
             "the step that this ticket was given to, \"one\", has ended");
}

BOOST_AUTO_TEST_CASE(what_is_no_ticket_is_refused) {
  StepTable steps(getpid(), "http://127.0.0.1:1/x");
  const Child refused;
  BOOST_TEST(steps.Begin(refused.pid, {StepUse::kRefused, ""}) == kNoTicket);
  for (const std::string& ticket : {std::string(), std::string(32, '0'), std::string(9000, 'x')}) {
    BOOST_TEST(CodeOf(steps.Find(ticket)) == "TICKET_INVALID");
  }
}

BOOST_AUTO_TEST_CASE(steps_that_have_ended_make_room) {
  StepTable steps(getpid(), "http://127.0.0.1:1/x");
  for (int i = 0; i < 600; ++i) {
    const Child child;
    BOOST_TEST(ParseTicket(steps.Begin(child.pid, {StepUse::kNamed, ""})).has_value());
  }
}

BOOST_AUTO_TEST_CASE(requests_of_one_step_at_once_are_limited) {
  StepTable steps(getpid(), "http://127.0.0.1:1/x");
  const Child child;
  const auto ticket = ParseTicket(steps.Begin(child.pid, {StepUse::kNamed, ""}));
  const StepProcess process = steps.Find(ticket->token)->process;
  int begun = 0;
  while (begun < 1000 && steps.BeginRequest(process)) ++begun;
  BOOST_TEST(begun == 64);
  steps.EndRequest(process);
  BOOST_TEST(steps.BeginRequest(process));
}

BOOST_AUTO_TEST_SUITE_END()
