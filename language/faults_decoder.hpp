// The parts of a fault rule's decoder: whom it concerns, which attempts, and what is injected where. Put together by
// faults_decoder.cpp; the names come from the fault catalogue.
#pragma once

#include "decode/decoder.hpp"
#include "language/faults.hpp"

namespace firstlight::language {

/// `all`, `20%`, a number of cameras, `[3, 7]`, `1..10`.
[[nodiscard]] Decoder<FaultCameras> fault_cameras_decoder();
/// `all`, `first N`, `from N`, `only N`, `every N`.
[[nodiscard]] Decoder<fault::Attempts> attempts_decoder();
/// `at`: a point's name.
[[nodiscard]] Field<FaultRule> at_field();
/// `inject`: an effect's name, {effect: value of its first parameter} or {effect: {parameter: value, …}}. The field
/// only says that the key is there; read_inject reads it once the point is known.
[[nodiscard]] Field<FaultRule> inject_field();
bool read_inject(DecodeContext& context, const Node& node, FaultRule& rule);
/// What JSON Schema needs to know of which effects go with which points.
[[nodiscard]] Json inject_by_point();

}  // namespace firstlight::language
