// The checks, one overload an expectation, each in a file of its own name. Pure: the same events give the same finding;
// called by judge() alone.
#pragma once

#include "harness/judge/checks/context.hpp"
#include "harness/scenario/expectations.hpp"

namespace firstlight::harness {

[[nodiscard]] Finding check(const ExpectOnline& expect, const CheckContext& context);
[[nodiscard]] Finding check(const ExpectLatency& expect, const CheckContext& context);
[[nodiscard]] Finding check(const ExpectAttempts& expect, const CheckContext& context);
[[nodiscard]] Finding check(const ExpectRefused& expect, const CheckContext& context);
[[nodiscard]] Finding check(const ExpectNever& expect, const CheckContext& context);
[[nodiscard]] Finding check(const ExpectOrder& expect, const CheckContext& context);
[[nodiscard]] Finding check(const ExpectBackoff& expect, const CheckContext& context);
[[nodiscard]] Finding check(const ExpectRecovers& expect, const CheckContext& context);
[[nodiscard]] Finding check(const ExpectStore& expect, const CheckContext& context);
[[nodiscard]] Finding check(const ExpectNoSecretLeaked& expect, const CheckContext& context);

}  // namespace firstlight::harness
