// The functions of libfmt, compiled in, because loading the library takes a tenth of a program's
// short call. The library's headers declare these templates as compiled elsewhere.

#include <fmt/format-inl.h>

template std::locale fmt::detail::locale_ref::get<std::locale>() const;
template auto fmt::detail::thousands_sep_impl(locale_ref) -> thousands_sep_result<char>;
template auto fmt::detail::decimal_point_impl(locale_ref) -> char;
