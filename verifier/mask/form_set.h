#ifndef JOBWARDEN_VERIFIER_MASK_FORM_SET_H_
#define JOBWARDEN_VERIFIER_MASK_FORM_SET_H_

#include <algorithm>
#include <utility>
#include <vector>

#include "verifier/base/secret.h"
#include "verifier/base/value_length.h"

namespace jobwarden {

/// The texts in which one value is recognised, each once, in the order in which they came. Those
/// under kMinSearchedBytes are left out.
class FormSet {
 public:
  void Add(Secret form) {
    if (form.size() < kMinSearchedBytes) return;
    const auto same = [&](const Secret& other) { return other.view() == form.view(); };
    if (std::none_of(forms_.begin(), forms_.end(), same)) forms_.push_back(std::move(form));
  }

  const std::vector<Secret>& forms() const { return forms_; }
  std::vector<Secret> Take() { return std::move(forms_); }

 private:
  std::vector<Secret> forms_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_FORM_SET_H_
