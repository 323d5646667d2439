#include <nlohmann/json.hpp>

#include "fault/plans/config_api_body.hpp"

namespace firstlight::fault::config_api_body {

extern const EffectOn<BodyDraft> huge;
const EffectOn<BodyDraft> huge({"huge",
                                "The configuration is far too large.",
                                {Parameter{.name = "bytes",
                                           .kind = Kind::bytes,
                                           .summary = "Of padding in it.",
                                           .fallback = "1MiB",
                                           .least = 1,
                                           .most = 16777216}}},
                               [](BodyDraft& p, const Arguments& a) {
                                 (*p.document)["padding"] =
                                     std::string(static_cast<std::size_t>(a.integer("bytes")), 'x');
                               });

}  // namespace firstlight::fault::config_api_body
