#include "verifier/service/page.h"

#include <string_view>

#include "verifier/service/documents.h"

namespace jobwarden {
namespace {

HttpResponse Static(std::string_view body, std::string_view type) {
  HttpResponse answer;
  answer.body = body;
  answer.content_type = type;
  answer.fields =
      "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
      "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'\r\n"
      "Referrer-Policy: no-referrer\r\n";
  return answer;
}

}  // namespace

HttpResponse Page() {
  return Static(kPageText, "text/html; charset=utf-8");
}

HttpResponse PageScript() {
  return Static(kPageScript, "text/javascript; charset=utf-8");
}

HttpResponse PageStyle() {
  return Static(kPageStyle, "text/css; charset=utf-8");
}

}  // namespace jobwarden
