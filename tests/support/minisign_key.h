#ifndef JOBWARDEN_TESTS_SUPPORT_MINISIGN_KEY_H_
#define JOBWARDEN_TESTS_SUPPORT_MINISIGN_KEY_H_

namespace jobwarden::testing {

// A pair of keys that `minisign -G -W` made, which signs the policies of tests and nothing else.
inline constexpr const char* kPublicKey =
    "RWSuEjW0H0nSsmsnsrTbE4YjXjX+HekAfkd44alzi6zzR17jsjye9GW3";
inline constexpr const char* kSecretKey =
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAArhI1tB9J0rJv7J/"
    "D68CHDynqmqobaXAZhnWOmX4vavbliTbb5Hod9WsnsrTbE4YjXjX+"
    "HekAfkd44alzi6zzR17jsjye9GW3AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_MINISIGN_KEY_H_
