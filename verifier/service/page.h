#ifndef JOBWARDEN_VERIFIER_SERVICE_PAGE_H_
#define JOBWARDEN_VERIFIER_SERVICE_PAGE_H_

#include "verifier/http/answer.h"

namespace jobwarden {

/// The page at `/`: what this service is, and a form for a person who has a token. Its content
/// security policy lets it load its own script and style and talk to this server, and nothing else.
HttpResponse Page();
HttpResponse PageScript();
HttpResponse PageStyle();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_PAGE_H_
