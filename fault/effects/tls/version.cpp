#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> version;
const EffectOn<TlsPlan> version(
    {"version",
     "The server speaks one version of TLS only.",
     {Parameter{
         .name = "only", .kind = Kind::choice, .summary = "The version.", .choices = {"1.0", "1.1", "1.2", "1.3"}}}},
    [](TlsPlan& p, const Arguments& a) {
      const auto& only = a.text("only");
      p.only_version = only == "1.0" ? 0x0301 : only == "1.1" ? 0x0302 : only == "1.2" ? 0x0303 : 0x0304;
    });

}  // namespace firstlight::fault::tls
