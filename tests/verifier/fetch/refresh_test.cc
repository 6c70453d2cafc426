#include "verifier/fetch/refresh.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <thread>
#include <vector>

#include "tests/support/fake_issuer.h"
#include "tests/support/raw_server.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "verifier/keys/key_cache.h"

using namespace jobwarden;
using jobwarden::testing::Answer;
using jobwarden::testing::FakeIssuer;
using jobwarden::testing::RawServer;
using jobwarden::testing::SendText;
using jobwarden::testing::Signer;
using jobwarden::testing::Slurp;
using jobwarden::testing::TempFolder;
using Poco::Net::StreamSocket;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr const char* kDiscovery = FakeIssuer::kDiscoveryPath;
constexpr const char* kKeys = FakeIssuer::kKeysPath;

struct Fixture {
  TempFolder state;
  FakeIssuer server{"/gitlab"};
  Issuer issuer;

  Fixture() {
    server.SetKeys(Signer().KeySetJson());
    issuer.name = "gitlab";
    issuer.url = server.url();
    issuer.keys.timeout = seconds(30);
  }

  std::string Stored() const { return Slurp(state / "keys/gitlab.json"); }

  std::string Refresh() {
    const auto status = RefreshKeys(issuer, state.path());
    if (status) return "good";
    BOOST_TEST(status.findings().size() == 1U);
    BOOST_TEST((status.findings().front().code == Code::kKeysUnavailable));
    return status.findings().front().message;
  }

  // A refresh that fails so, and leaves what was stored before.
  void Fails(const std::string& path, const std::string& message) {
    const std::string before = Stored();
    BOOST_TEST(Refresh() == "\"" + server.url() + path + "\": " + message);
    BOOST_TEST(Stored() == before);
  }
};

Answer Redirect(const std::string& location, int status = 302) {
  return {.status = status, .body = "moved", .headers = {{"Location", location}}};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(refresh, Fixture)

BOOST_AUTO_TEST_CASE(a_key_set_is_discovered_and_stored) {
  BOOST_TEST(Refresh() == "good");
  const auto keys = ReadStoredKeys(state.path(), issuer, {});
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->set.Has("key-1"));
  BOOST_TEST(keys->source == server.keys_url());
  BOOST_TEST((keys->fresh_until - keys->fetched_at == issuer.keys.max_age));
  BOOST_TEST(server.requests(kDiscovery) == 1);
  BOOST_TEST(server.requests(kKeys) == 1);
}

BOOST_AUTO_TEST_CASE(a_configured_url_needs_no_discovery) {
  issuer.keys.url = server.keys_url();
  BOOST_TEST(Refresh() == "good");
  BOOST_TEST(server.requests(kDiscovery) == 0);
  BOOST_TEST(bool(ReadStoredKeys(state.path(), issuer, {})));
}

BOOST_AUTO_TEST_CASE(a_slash_that_ends_the_url_is_no_part_of_the_place) {
  issuer.url = server.url() + "/";
  server.SetDiscovery(R"({"issuer":")" + issuer.url + R"(","jwks_uri":")" + server.keys_url() +
                      R"("})");
  BOOST_TEST(Refresh() == "good");
}

BOOST_AUTO_TEST_CASE(freshness_is_what_the_issuer_says) {
  server.SetKeysHeaders({{"Cache-Control", "public, max-age=3600"}, {"Age", "600"}});
  BOOST_TEST(Refresh() == "good");
  const auto keys = ReadStoredKeys(state.path(), issuer, {});
  BOOST_REQUIRE(keys);
  BOOST_TEST((keys->fresh_until - keys->fetched_at == seconds(3000)));
}

BOOST_AUTO_TEST_CASE(a_set_that_has_not_changed_is_kept_and_fresh_again) {
  server.SetKeysHeaders({{"ETag", "W/\"7\""}, {"Cache-Control", "max-age=600"}});
  BOOST_TEST(Refresh() == "good");
  server.SetKeysHeaders({{"ETag", "W/\"7\""}, {"Cache-Control", "max-age=1200"}});
  BOOST_TEST(Refresh() == "good");
  BOOST_TEST(server.LastHeader("If-None-Match") == "W/\"7\"");
  const auto keys = ReadStoredKeys(state.path(), issuer, {});
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->set.Has("key-1"));
  BOOST_TEST(keys->etag == "W/\"7\"");
  BOOST_TEST((keys->fresh_until - keys->fetched_at == seconds(1200)));
}

BOOST_AUTO_TEST_CASE(caches_on_the_way_are_told_to_ask_the_issuer) {
  BOOST_TEST(Refresh() == "good");
  BOOST_TEST(server.LastHeader("Cache-Control") == "no-cache");
}

BOOST_AUTO_TEST_CASE(a_304_that_was_not_asked_for_is_refused) {
  server.SetAnswer(kKeys, Answer{.status = 304});
  Fails(kKeys, "answered 304, but was not asked for changes");
}

BOOST_AUTO_TEST_CASE(a_fresh_set_is_left_alone_where_that_will_do) {
  BOOST_TEST(Refresh() == "good");
  BOOST_TEST(bool(RefreshKeys(issuer, state.path(), RefreshWhen::kNotFresh)));
  BOOST_TEST(server.requests(kKeys) == 1);
  BOOST_TEST(Refresh() == "good");
  BOOST_TEST(server.requests(kKeys) == 2);
}

BOOST_AUTO_TEST_CASE(an_answer_other_than_200_is_named_and_the_good_set_kept) {
  BOOST_TEST(Refresh() == "good");
  for (const int status : {204, 206, 400, 403, 404, 500, 503}) {
    server.SetAnswer(kKeys, Answer{.status = status});
    Fails(kKeys, "answered " + std::to_string(status));
  }
  server.SetAnswer(kDiscovery, Answer{.status = 502});
  Fails(kDiscovery, "answered 502");
}

BOOST_AUTO_TEST_CASE(a_bad_key_set_never_replaces_a_good_one) {
  BOOST_TEST(Refresh() == "good");
  server.SetKeys("<html>maintenance</html>");
  Fails(kKeys, "not valid JSON near byte 1");
  server.SetKeys("");
  Fails(kKeys, "not valid JSON near byte 0");
  server.SetKeys(R"({"keys":[]})");
  Fails(kKeys, "no key in it can be used, it is empty");
  server.SetKeys(R"({"keys":[{"kty":"oct","kid":"k","k":"c2VjcmV0"}]})");
  BOOST_TEST(Refresh().find("no key in it can be used, of 1, the first is \"k\": ") !=
             std::string::npos);
  BOOST_TEST(ReadStoredKeys(state.path(), issuer, {})->set.Has("key-1"));
}

BOOST_AUTO_TEST_CASE(a_body_over_the_limit_is_refused) {
  server.SetKeys(std::string((1 << 20) + 1, ' '));
  Fails(kKeys, "answered with more than 1048576 bytes");
}

BOOST_AUTO_TEST_CASE(the_issuer_of_the_document_must_be_the_configured_one) {
  server.SetDiscovery(R"({"issuer":"https://evil.example","jwks_uri":")" + server.keys_url() +
                      R"("})");
  Fails(kDiscovery, "issuer: expected \"" + server.url() + "\", got \"https://evil.example\"");
  server.SetDiscovery(R"({"jwks_uri":")" + server.keys_url() + R"("})");
  Fails(kDiscovery, "issuer: expected \"" + server.url() + "\", got nothing");
  server.SetDiscovery(R"({"issuer":")" + server.url() + R"(/","jwks_uri":")" + server.keys_url() +
                      R"("})");
  Fails(kDiscovery, "issuer: expected \"" + server.url() + "\", got \"" + server.url() + "/\"");
  BOOST_TEST(server.requests(kKeys) == 0);
}

BOOST_AUTO_TEST_CASE(the_place_of_the_keys_must_be_one_that_may_be_asked) {
  const std::string start = R"({"issuer":")" + server.url() + R"(")";
  server.SetDiscovery(start + "}");
  Fails(kDiscovery, "has no jwks_uri");
  server.SetDiscovery(start + R"(,"jwks_uri":7})");
  Fails(kDiscovery, "has no jwks_uri");
  server.SetDiscovery(start + R"(,"jwks_uri":"http://gitlab.example.com/keys"})");
  Fails(kDiscovery,
        "jwks_uri: \"http://gitlab.example.com/keys\": expected https, http is for this machine "
        "alone");
  server.SetDiscovery(start + R"(,"jwks_uri":"file:///etc/passwd"})");
  Fails(kDiscovery, "jwks_uri: \"file:///etc/passwd\": expected an https URL");
}

BOOST_AUTO_TEST_CASE(three_redirects_on_the_same_host_are_followed) {
  const std::string root = server.url();
  server.SetAnswer(kKeys, Redirect(root + "/1", 301));
  server.SetAnswer("/1", Redirect("/gitlab/2", 307));
  server.SetAnswer("/2", Redirect("3", 308));
  server.SetAnswer("/3", Answer{.body = Signer().KeySetJson()});
  BOOST_TEST(Refresh() == "good");
  server.SetAnswer("/3", Redirect("4"));
  server.SetAnswer("/4", Answer{.body = Signer().KeySetJson()});
  Fails(kKeys, "more than 3 redirects");
  BOOST_TEST(server.requests("/4") == 0);
}

BOOST_AUTO_TEST_CASE(a_redirect_to_another_place_is_refused) {
  FakeIssuer other;
  other.SetKeys(Signer("EdDSA", "evil").KeySetJson());
  server.SetAnswer(kKeys, Redirect(other.keys_url()));
  Fails(kKeys, "redirects to \"" + other.keys_url() + "\", another scheme, host or port");
  const std::string localhost =
      "http://localhost:" + std::to_string(server.port()) + "/gitlab" + kKeys;
  server.SetAnswer(kKeys, Redirect(localhost));
  Fails(kKeys, "redirects to \"" + localhost + "\", another scheme, host or port");
  server.SetAnswer(kKeys, Redirect("https://127.0.0.1/x"));
  Fails(kKeys, "redirects to \"https://127.0.0.1/x\", another scheme, host or port");
  BOOST_TEST(other.requests() == 0);
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_is_named) {
  Poco::Net::ServerSocket deaf;
  deaf.bind(Poco::Net::SocketAddress("127.0.0.1", 0));
  const auto port = deaf.address().port();
  issuer.keys.url = "http://127.0.0.1:" + std::to_string(port) + "/keys";
  BOOST_TEST(Refresh() == "\"" + issuer.keys.url +
                              "\": connection refused by 127.0.0.1:" + std::to_string(port));
}

BOOST_AUTO_TEST_CASE(a_host_that_has_no_address_is_named) {
  issuer.keys.url = "https://gitlab.invalid/keys";
  BOOST_TEST(Refresh() ==
             "\"https://gitlab.invalid/keys\": no address is known for host \"gitlab.invalid\"");
}

BOOST_AUTO_TEST_CASE(an_answer_that_never_comes_ends_with_the_time_out) {
  issuer.keys.timeout = seconds(1);
  server.SetAnswer(kDiscovery, Answer{.delay = milliseconds(1500)});
  Fails(kDiscovery, "no whole answer within 1 s");
}

BOOST_AUTO_TEST_CASE(a_body_that_drips_for_ever_ends_with_the_time_out) {
  issuer.keys.timeout = seconds(1);
  issuer.keys.url = server.keys_url();
  server.SetAnswer(kKeys, Answer{.body = std::string(100'000, ' '), .drip_pause = milliseconds(5)});
  Fails(kKeys, "no whole answer within 1 s");
}

BOOST_AUTO_TEST_CASE(a_header_that_drips_for_ever_ends_with_the_time_out) {
  issuer.keys.timeout = seconds(1);
  const RawServer dripping([](StreamSocket& socket, const RawServer& self) {
    SendText(socket, "HTTP/1.1 200 OK\r\n");
    while (!self.stopping()) {
      SendText(socket, "X: y\r\n");
      std::this_thread::sleep_for(milliseconds(50));
    }
  });
  issuer.keys.url = "http://127.0.0.1:" + std::to_string(dripping.port()) + "/keys";
  BOOST_TEST(Refresh() == "\"" + issuer.keys.url + "\": no whole answer within 1 s");
}

BOOST_AUTO_TEST_CASE(an_answer_that_breaks_off_or_is_no_http_is_refused) {
  for (const char* bytes :
       {"", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"keys\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"key",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 banana\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}"}) {
    const RawServer broken([bytes](StreamSocket& socket, const RawServer&) {
      jobwarden::testing::ReadHeader(socket);
      SendText(socket, bytes);
      socket.shutdownSend();
    });
    issuer.keys.url = "http://127.0.0.1:" + std::to_string(broken.port()) + "/keys";
    const std::string message = Refresh();
    BOOST_TEST_MESSAGE(message);
    BOOST_TEST(message.starts_with("\"" + issuer.keys.url + "\": "), bytes);
  }
  BOOST_TEST(Stored().empty());
}

BOOST_AUTO_TEST_CASE(many_refreshes_at_once_where_one_will_do_make_one_fetch) {
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back(
        [&] { good += RefreshKeys(issuer, state.path(), RefreshWhen::kNotFresh) ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(good == 8);
  BOOST_TEST(server.requests(kKeys) == 1);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_named) {
  state.Write("keys", "not a folder");
  const auto status = RefreshKeys(issuer, state.path());
  BOOST_REQUIRE(!status);
  BOOST_TEST((status.findings().front().code == Code::kStateUnwritable));
  BOOST_TEST(server.requests() == 0);
}

BOOST_AUTO_TEST_CASE(a_key_cache_over_a_refresh_finds_a_rotated_key) {
  issuer.keys.cooldown = seconds(0);
  KeyCache cache(state.path(), std::vector<uid_t>(),
                 [&](const Issuer& each) { return RefreshKeys(each, state.path()); });
  BOOST_REQUIRE(bool(cache.Get(issuer, "key-1")));
  BOOST_REQUIRE(bool(cache.Get(issuer, "key-1")));
  BOOST_TEST(server.requests(kKeys) == 1);
  server.SetKeys(Signer("EdDSA", "key-2").KeySetJson());
  const auto keys = cache.Get(issuer, "key-2");
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->set.Has("key-2"));
  BOOST_TEST(server.requests(kKeys) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
