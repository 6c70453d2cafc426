#ifndef JOBWARDEN_VERIFIER_SERVICE_DOCUMENTS_H_
#define JOBWARDEN_VERIFIER_SERVICE_DOCUMENTS_H_

#include <string_view>

namespace jobwarden {

/// The texts of openapi.json, page.html, page.js and page.css.
extern const std::string_view kOpenApiText;
extern const std::string_view kPageText;
extern const std::string_view kPageScript;
extern const std::string_view kPageStyle;

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_DOCUMENTS_H_
