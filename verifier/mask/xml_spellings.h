#ifndef JOBWARDEN_VERIFIER_MASK_XML_SPELLINGS_H_
#define JOBWARDEN_VERIFIER_MASK_XML_SPELLINGS_H_

#include "verifier/mask/compose.h"
#include "verifier/mask/form_set.h"

namespace jobwarden {

/// Adds a value with XML and HTML entities: by name, decimal or hexadecimal; the two kinds of
/// quotation marks and `>` also as they are, in every combination; and as the templates of Go,
/// Mustache and Handlebars write it. The value itself may be among what is added.
void AddXmlSpellings(const CutText& value, FormSet& forms);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_XML_SPELLINGS_H_
