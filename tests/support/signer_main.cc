// signer: keys and tokens for the demo and for trials by hand.

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/signer.h"

namespace {

constexpr std::string_view kUsage =
    "usage: signer key [ALG]                  a new private key, as PEM\n"
    "       signer jwks PEM_FILE ALG KID      the key set with its public key\n"
    "       signer sign PEM_FILE ALG KID      a token with the claims on standard input\n";

std::string ReadAll(std::istream& in) {
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  using jobwarden::testing::Signer;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words[0] == "key" && words.size() <= 2) {
    std::cout << Signer(words.size() == 2 ? words[1] : "RS256").Pem();
    return 0;
  }
  if (words.size() == 4 && (words[0] == "jwks" || words[0] == "sign")) {
    std::ifstream file(words[1], std::ios::binary);
    const Signer signer = Signer::FromPem(ReadAll(file), words[2], words[3]);
    std::cout << (words[0] == "jwks" ? signer.KeySetJson() : signer.Sign(ReadAll(std::cin)))
              << "\n";
    return 0;
  }
  std::cerr << kUsage;
  return 2;
}
