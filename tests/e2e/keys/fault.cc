#include "tests/e2e/keys/fault.h"

namespace jobwarden::testing {
namespace {

using std::chrono::hours;

// One program, and what has to come of it.
void Expect(const KeysHost& host, const Fault& fault, const ChildResult& result, int exit_code,
            const std::string& code, int before) {
  BOOST_TEST(result.exit_code == exit_code, result.log);
  BOOST_TEST(Has(result.log, code + ": "));
  BOOST_TEST(Has(result.log, fault.cause));
  BOOST_TEST(fault.requests() - before == fault.costs);
  // Whoever comes next makes an attempt of its own.
  host.ForgetAttempt();
}

void Verify(const KeysHost& host, const Fault& fault, int exit_code, const std::string& code) {
  BOOST_TEST_CONTEXT("verify") {
    const int before = fault.requests();
    Expect(host, fault, host.Verify(), exit_code, code, before);
  }
}

void Prepare(const KeysHost& host, const Fault& fault, int exit_code, const std::string& code) {
  BOOST_TEST_CONTEXT("prepare") {
    const int before = fault.requests();
    const ChildResult result = host.Prepare();
    Expect(host, fault, result, exit_code, code, before);
    if (exit_code == kAllow) BOOST_TEST(Has(result.out, "allowed by rule \"deploys\""));
  }
}

void Refresh(const KeysHost& host, const Fault& fault) {
  BOOST_TEST_CONTEXT("refresh") {
    const int before = fault.requests();
    const std::string stored = host.stored();
    const ChildResult result = host.Refresh();
    Expect(host, fault, result, kError, "jobwarden: KEYS_UNAVAILABLE", before);
    BOOST_TEST(result.out == "");
    BOOST_TEST(host.stored() == stored);
  }
}

// A good set in the cache.
void Store(const KeysHost& host, const std::function<void()>& spoil,
           const std::function<void()>& mend) {
  mend();
  const ChildResult result = host.Refresh();
  BOOST_TEST_REQUIRE(result.exit_code == kAllow, result.log);
  spoil();
}

}  // namespace

void PlayFault(KeysHost& host, const Fault& fault, const std::function<void()>& spoil,
               const std::function<void()>& mend) {
  BOOST_TEST_CONTEXT("without a key set: " << fault.cause) {
    Refresh(host, fault);
    Verify(host, fault, kError, "KEYS_UNAVAILABLE");
    Prepare(host, fault, kSystemFailure, "KEYS_UNAVAILABLE");
  }
  BOOST_TEST_CONTEXT("with a key set that is not fresh: " << fault.cause) {
    Store(host, spoil, mend);
    host.Age(hours(25));
    Refresh(host, fault);
    Verify(host, fault, kAllow, "warning: KEYS_STALE");
    Prepare(host, fault, kAllow, "warning: KEYS_STALE");
  }
  BOOST_TEST_CONTEXT("with a key set that is too old: " << fault.cause) {
    host.Age(hours(24));
    Verify(host, fault, kError, "KEYS_UNAVAILABLE");
    Prepare(host, fault, kSystemFailure, "KEYS_UNAVAILABLE");
  }
}

void PlaySlowFault(KeysHost& host, const Fault& fault, const std::function<void()>& spoil,
                   const std::function<void()>& mend) {
  Refresh(host, fault);
  Store(host, spoil, mend);
  host.Age(hours(25));
  Prepare(host, fault, kAllow, "warning: KEYS_STALE");
}

}  // namespace jobwarden::testing
