// The cache of another user: who may write it, who may only read it, and who must not be believed.

#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "tests/e2e/keys/keys_host.h"
#include "tests/support/fake_issuer.h"

using namespace jobwarden::testing;
using std::chrono::hours;

namespace {

namespace fs = std::filesystem;
constexpr const char* kKeys = FakeIssuer::kKeysPath;
constexpr uid_t kNobody = 65534;

// Root keeps configuration and keys; jobs, and whoever looks at them, are user 65534.
struct Fixture {
  FakeIssuer issuer;
  KeysHost host{issuer.url()};
  Signer rotated{"RS256", "rotated-key"};

  Fixture() {
    issuer.SetKeys(host.signer.KeySetJson());
    host.shared_user = false;
    host.Configure("");
    // Where anybody may start them.
    fs::permissions(host.folder.path(), fs::perms(0755));
    for (const char* name : {"jobwarden", "jobwarden-executor"}) {
      fs::copy_file(host.programs + "/" + name, host.folder / name);
    }
    host.programs = host.folder.path();
    AsRoot();
    BOOST_TEST_REQUIRE(host.Refresh().exit_code == kAllow);
    AsNobody();
  }

  void AsNobody() {
    const std::string id = std::to_string(kNobody);
    host.as = {"/usr/bin/setpriv", "--reuid", id, "--regid", id, "--clear-groups"};
  }
  void AsRoot() { host.as.clear(); }

  void GiveAwayState() const {
    for (const auto& entry : fs::recursive_directory_iterator(host.folder / "state")) {
      BOOST_TEST_REQUIRE(chown(entry.path().c_str(), kNobody, kNobody) == 0);
    }
    BOOST_TEST_REQUIRE(chown((host.folder / "state").c_str(), kNobody, kNobody) == 0);
  }

  int requests() const { return issuer.requests(kKeys); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(other_user, Fixture)

BOOST_AUTO_TEST_CASE(fresh_keys_of_root_are_used_and_nobody_asked) {
  const ChildResult job = host.Prepare();
  BOOST_TEST(job.exit_code == kAllow, job.log);
  BOOST_TEST(Lacks(job.log, "warning"));
  BOOST_TEST(host.Verify().exit_code == kAllow);
  BOOST_TEST(requests() == 1);
}

BOOST_AUTO_TEST_CASE(verify_by_a_user_who_may_not_write_the_cache_fetches_for_itself_and_says_so) {
  const std::string note =
      "jobwarden: note: the keys of issuer \"gitlab\" are fetched for this "
      "call only: key cache \"" +
      (host.folder / "state/keys/gitlab.lock") + "\": Permission denied\n";
  issuer.SetKeys(rotated.KeySetJson());
  const std::string stored = host.stored();
  const ChildResult rotation = host.Verify(rotated);
  BOOST_TEST(rotation.exit_code == kAllow, rotation.log);
  BOOST_TEST(Has(rotation.err, note));
  BOOST_TEST(requests() == 2);
  BOOST_TEST(host.stored() == stored);

  host.ForgetAll();
  const ChildResult cold = host.Verify(rotated);
  BOOST_TEST(cold.exit_code == kAllow, cold.log);
  BOOST_TEST(Has(cold.err, "are fetched for this call only"));
  BOOST_TEST(!fs::exists(host.folder / "state"));
  const ChildResult strange = host.Verify();
  BOOST_TEST(strange.exit_code == kDeny, strange.log);
  BOOST_TEST(Has(strange.err, "KEY_UNKNOWN"));
  const std::string once = "are fetched for this call only";
  BOOST_TEST(strange.err.find(once) == strange.err.rfind(once));
}

BOOST_AUTO_TEST_CASE(verify_that_cannot_fetch_either_names_the_cause) {
  host.Age(hours(25));
  issuer.SetAnswer(kKeys, Answer{.status = 503});
  const ChildResult stale = host.Verify();
  BOOST_TEST(stale.exit_code == kAllow, stale.log);
  BOOST_TEST(Has(stale.err, "KEYS_STALE"));
  BOOST_TEST(Has(stale.err, "answered 503"));
  host.ForgetAll();
  const ChildResult none = host.Verify();
  BOOST_TEST(none.exit_code == kError, none.log);
  BOOST_TEST(Has(none.err, "answered 503"));
}

BOOST_AUTO_TEST_CASE(refresh_by_a_user_who_may_not_write_the_cache_says_who_may) {
  const ChildResult result = host.Refresh();
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.err, "STATE_UNWRITABLE: key cache \""));
  BOOST_TEST(Has(result.err, "by a timer as the owner of its folder"));
  BOOST_TEST(requests() == 1);
}

BOOST_AUTO_TEST_CASE(job_with_a_rotated_key_waits_for_the_timer_of_root) {
  issuer.SetKeys(rotated.KeySetJson());
  ChildResult job;
  const ChildOptions call = host.PrepareCall(rotated);
  std::thread waiting([&] { job = RunChild(call); });
  // Later than the second in which the job began. Had it not begun yet, it would not wait.
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  AsRoot();
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  waiting.join();
  BOOST_TEST(job.exit_code == kAllow, job.log);
  BOOST_TEST(requests() == 2);
}

BOOST_AUTO_TEST_CASE(job_does_not_believe_keys_that_its_own_user_could_write) {
  GiveAwayState();
  const ChildResult job = host.Prepare();
  BOOST_TEST(job.exit_code == kSystemFailure, job.log);
  BOOST_TEST(Has(job.log, "can be written by user 65534, who runs the job's script"));

  AsRoot();
  host.shared_user = true;
  host.Configure("");
  AsNobody();
  const ChildResult shared = host.Prepare();
  BOOST_TEST(shared.exit_code == kAllow, shared.log);
}

BOOST_AUTO_TEST_CASE(root_does_not_believe_keys_of_another_user) {
  GiveAwayState();
  AsRoot();
  host.shared_user = true;
  host.Configure("");
  const ChildResult job = host.Prepare();
  BOOST_TEST(job.exit_code == kSystemFailure, job.log);
  BOOST_TEST(Has(job.log, "belongs to user 65534, expected root"));
}

BOOST_AUTO_TEST_CASE(system_s_folder_of_authorities_is_trusted_and_no_other) {
  AsRoot();
  const Certificate authority = MakeAuthority();
  FakeIssuer secure("", {MakeCertificate("localhost", -3600, 3600, &authority), "localhost"});
  secure.SetKeys(host.signer.KeySetJson());
  host.url = secure.url();
  host.Configure("");
  fs::create_directory(host.folder / "authorities");
  // In a mount namespace of its own the program finds another folder in that place.
  host.as = {"/usr/bin/unshare", "--mount", "/bin/sh", "-c",
             "mount --bind " + (host.folder / "authorities") +
                 " \"$(realpath /usr/lib/ssl/certs)\" && exec \"$0\" \"$@\""};
  host.folder.Write("authorities/" + HashedName(MakeAuthority()), MakeAuthority().certificate);
  const ChildResult without = host.Refresh();
  BOOST_TEST(without.exit_code == kError, without.log);
  BOOST_TEST(Has(without.err, "leads to no authority that is trusted"));
  BOOST_TEST(secure.requests() == 0);
  host.folder.Write("authorities/" + HashedName(authority), authority.certificate);
  const ChildResult with = host.Refresh();
  BOOST_TEST(with.exit_code == kAllow, with.log);
  BOOST_TEST(secure.requests() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
