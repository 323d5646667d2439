#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> wrong_name;
const EffectOn<TlsPlan> wrong_name(
    {"wrong-name",
     "The server's certificate is for another name.",
     {Parameter{.name = "name", .kind = Kind::text, .summary = "The DNS name in it.", .fallback = "wrong.example"}}},
    [](TlsPlan& p, const Arguments& a) { p.certificate = server_certificate::WrongName{a.text("name")}; });

}  // namespace firstlight::fault::tls
