// The checks, one overload an expectation, each in a file of its own name. Pure: the same events give the same finding;
// called by judge() alone.
#pragma once

#include "judge/checks/context.hpp"
#include "language/expectations.hpp"

namespace firstlight::judge {

[[nodiscard]] Finding check(const language::ExpectOnline& expect, const CheckContext& context);
[[nodiscard]] Finding check(const language::ExpectLatency& expect, const CheckContext& context);
[[nodiscard]] Finding check(const language::ExpectAttempts& expect, const CheckContext& context);
[[nodiscard]] Finding check(const language::ExpectRefused& expect, const CheckContext& context);
[[nodiscard]] Finding check(const language::ExpectNever& expect, const CheckContext& context);
[[nodiscard]] Finding check(const language::ExpectOrder& expect, const CheckContext& context);
[[nodiscard]] Finding check(const language::ExpectBackoff& expect, const CheckContext& context);
[[nodiscard]] Finding check(const language::ExpectRecovers& expect, const CheckContext& context);
[[nodiscard]] Finding check(const language::ExpectStore& expect, const CheckContext& context);
[[nodiscard]] Finding check(const language::ExpectNoSecretLeaked& expect, const CheckContext& context);

}  // namespace firstlight::judge
