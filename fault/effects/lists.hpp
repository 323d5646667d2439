// The lists of effects, one a kind of point. Read by the catalogue; each stands beside its effects.
#pragma once

#include <vector>

#include "fault/effect.hpp"

namespace firstlight::fault {

namespace attach {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace link {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace tls {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace endorse_token {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace http {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace config_api_body {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace config_api_certificate {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace iot_register {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace iot_verify {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace iot_certificate {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace mqtt {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace broker {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}
namespace camera {
[[nodiscard]] const std::vector<const EffectInfo*>& effects();
}

}  // namespace firstlight::fault
