// minisign's keys and signatures: what the program made is accepted, and what we make the program
// accepts.

#include <openssl/evp.h>

#include "tests/support/has.h"
#include "tests/support/minisign_key.h"
#include "tests/support/temp_folder.h"
#include "verifier/base/encoding.h"
#include "verifier/bundle/minisign.h"

using namespace jobwarden;
using jobwarden::testing::Has;

namespace {

// Made by minisign 0.11, as the signatures are.
const std::string kPublic = jobwarden::testing::kPublicKey;
const std::string kOther = "RWQxkTEaus/TRKP030LUjtzEYmMeL8kkGffen4GcnHjSWZEtu4cLKNUd";
const std::string kSecret = jobwarden::testing::kSecretKey;
const std::string kMessage = "hello policy\n";
const std::string kSignature =
    "untrusted comment: signature from minisign secret key\n"
    "RUSuEjW0H0nSsqx9FgguiJHEjYHnrr8IHF5h3FcBvFyN2fzH5TvzvcfcidgA2Gqv/TyOnZ19Mch/"
    "H2vSjGtwZ2sPfTG3wyQHsgA=\n"
    "trusted comment: a trusted comment\n"
    "PibM7OEpR1t+kOwTbTTc6w1COTi+SNLyZaSj1UAWF1onjrjTKB0QQhURPObz2JVxz5loPhXO2ok1YNM0ZpeXDA==\n";
const std::string kLegacy =
    "untrusted comment: signature from minisign secret key\n"
    "RWSuEjW0H0nSshTCWXUqpRn85NSzAE/2WeEpekFSwofbAzCZhmVzyO6x/+tabwTxMwFvkVxCM7hEY/"
    "2NYf9GjUa+7dDER8B7rQs=\n"
    "trusted comment: legacy\n"
    "INiH03EBzvJ2fa1k46zK9gJHVZ5zPDYzIIqDLn72Bb+r73dNPa4yZiI9ztpjtzte0ftYzqBDRqM2ansfsL5zDg==\n";

std::string Why(const std::string& message, const std::string& signature,
                const std::vector<std::string>& keys = {kPublic}) {
  std::vector<SigningKey> read;
  for (const std::string& each : keys) read.push_back(*ParseSigningKey(each));
  const auto parsed = ParseMinisign(signature);
  if (!parsed) return parsed.findings().front().message;
  const auto key = VerifyMinisign(message, *parsed, read);
  return key ? "" : key.findings().front().message;
}

Result<MinisignSecretKey> Read(const std::string& text, const std::string& password = "") {
  return ReadMinisignSecretKey(Secret(text), [&]() -> Result<Secret> { return Secret(password); });
}

std::string Line(const std::string& text) {
  return text.substr(text.find('\n') + 1, text.rfind('\n') - text.find('\n') - 1);
}

// The secret key as minisign encrypts it, but with scrypt's smallest cost (N = 1024, r = 8, p = 1),
// which libsodium chooses for these two numbers.
std::string Encrypted(const std::string& password) {
  std::string bytes = *DecodeBase64(Line(kSecret));
  const std::string salt(32, 's');
  bytes.replace(2, 2, "Sc");
  bytes.replace(6, 32, salt);
  bytes.replace(38, 16,
                std::string("\0\x80\0\0\0\0\0\0"
                            "\0\0\0\1\0\0\0\0",
                            16));
  std::string stream(104, '\0');
  EVP_PBE_scrypt(password.data(), password.size(),
                 reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), 1024, 8, 1, 0,
                 reinterpret_cast<unsigned char*>(stream.data()), stream.size());
  for (std::size_t i = 0; i < stream.size(); ++i) {
    bytes[54 + i] = static_cast<char>(bytes[54 + i] ^ stream[i]);
  }
  return "untrusted comment: x\n" + EncodeBase64(bytes) + "\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(minisign)

BOOST_AUTO_TEST_CASE(signatures_of_the_program_are_good) {
  BOOST_TEST(Why(kMessage, kSignature) == "");
  BOOST_TEST(Why(kMessage, kLegacy) == "");
  BOOST_TEST(Why(kMessage, kSignature, {kOther, kPublic}) == "");
  BOOST_TEST(ParseMinisign(kSignature)->prehashed);
  BOOST_TEST(!ParseMinisign(kLegacy)->prehashed);
  BOOST_TEST(ParseMinisign(kSignature)->trusted_comment == "a trusted comment");
}

BOOST_AUTO_TEST_CASE(signature_of_other_bytes_another_key_or_another_comment_is_refused) {
  BOOST_TEST(Has(Why("hello policx\n", kSignature), "is not of these bytes"));
  BOOST_TEST(Has(Why("", kLegacy), "is not of these bytes"));
  BOOST_TEST(Has(Why(kMessage, kSignature, {kOther}), "is by the key B2D2491FB43512AE, expected "));
  // Somebody else's key with the id of ours.
  std::string mixed = *DecodeBase64(kOther);
  mixed.replace(2, 8, DecodeBase64(kPublic)->substr(2, 8));
  BOOST_TEST(Has(Why(kMessage, kSignature, {EncodeBase64(mixed)}), "is not of these bytes"));
  std::string comment = kSignature;
  comment.replace(comment.find("a trusted"), 1, "A");
  BOOST_TEST(Has(Why(kMessage, comment), "does not cover its trusted comment"));
  // A prehashed signature that claims to be none, and the other way round.
  std::string claims = *DecodeBase64(std::string_view(Line(kSignature)).substr(0, 100));
  claims[1] = 'd';
  std::string other = kSignature;
  other.replace(other.find('\n') + 1, 100, EncodeBase64(claims));
  BOOST_TEST(Has(Why(kMessage, other), "is not of these bytes"));
}

BOOST_AUTO_TEST_CASE(each_byte_of_a_signature_counts) {
  const auto begin = kSignature.find('\n') + 1;
  for (std::size_t i = begin; i < kSignature.size() - 1; ++i) {
    std::string flipped = kSignature;
    flipped[i] = flipped[i] == 'A' ? 'B' : 'A';
    if (flipped == kSignature) continue;
    BOOST_TEST(Why(kMessage, flipped) != "", "byte " << i);
  }
}

BOOST_AUTO_TEST_CASE(text_that_is_no_signature_is_refused) {
  for (std::size_t size = 0; size < kSignature.size() - 1; ++size) {
    BOOST_TEST(Why(kMessage, kSignature.substr(0, size)) != "");
  }
  BOOST_TEST(Has(Why(kMessage, kSignature + "x"), "is not in minisign's form"));
  BOOST_TEST(Has(Why(kMessage, std::string(20'000, 'x')), "has more than 16384 bytes"));
  std::string windows = kSignature;
  for (auto at = windows.find('\n'); at != windows.npos; at = windows.find('\n', at + 2)) {
    windows.insert(at, "\r");
  }
  BOOST_TEST(Why(kMessage, windows) == "");
}

BOOST_AUTO_TEST_CASE(key_without_password_signs) {
  const auto key = Read(kSecret);
  BOOST_TEST_REQUIRE(static_cast<bool>(key));
  BOOST_TEST(key->public_key.text == kPublic);
  const auto made = SignMinisign(kMessage, *key, "a trusted comment");
  BOOST_TEST_REQUIRE(static_cast<bool>(made));
  BOOST_TEST(Why(kMessage, *made) == "");
  // Ed25519 is deterministic: the two lines of base64 are those of the program.
  BOOST_TEST(Line(*made) == Line(kSignature));
}

BOOST_AUTO_TEST_CASE(key_with_a_password_needs_the_right_one) {
  const auto key = Read(Encrypted("pass word"), "pass word");
  BOOST_TEST_REQUIRE(static_cast<bool>(key));
  BOOST_TEST(key->public_key.text == kPublic);
  BOOST_TEST(Has(Read(Encrypted("pass word"), "password").findings().front().message,
                 "the password is wrong"));
}

BOOST_AUTO_TEST_CASE(secret_key_that_is_damaged_is_refused_and_not_shown) {
  for (const std::string& text : {std::string(), std::string("\n"), kSecret.substr(0, 100), kPublic,
                                  "untrusted comment: x\n" + kPublic + "\n"}) {
    BOOST_TEST(!Read(text));
  }
  std::string bytes = *DecodeBase64(Line(kSecret));
  bytes[70] ^= 1;
  const auto damaged = Read("untrusted comment: x\n" + EncodeBase64(bytes) + "\n");
  BOOST_TEST_REQUIRE(!damaged);
  BOOST_TEST(damaged.findings().front().message == "the secret key is damaged");
  // A cost that would take all memory.
  bytes.replace(2, 2, "Sc");
  bytes.replace(38, 16, std::string(16, '\x7f'));
  BOOST_TEST(Has(
      Read("untrusted comment: x\n" + EncodeBase64(bytes) + "\n", "p").findings().front().message,
      "asks for scrypt with more than"));
}

#ifdef JOBWARDEN_MINISIGN
BOOST_AUTO_TEST_CASE(program_accepts_what_we_sign) {
  const jobwarden::testing::TempFolder folder;
  const std::string message = folder.Write("message", kMessage);
  const auto made = SignMinisign(kMessage, *Read(kSecret), "serial:7");
  folder.Write("message.minisig", *made);
  const std::string command =
      std::string(JOBWARDEN_MINISIGN " -V -q -P ") + kPublic + " -m '" + message + "'";
  BOOST_TEST(std::system(command.c_str()) == 0);
  folder.Write("message", kMessage + "x");
  BOOST_TEST(std::system((command + " 2>/dev/null").c_str()) != 0);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
