#include "fakes/context/lab_context.hpp"

namespace firstlight::fakes {

const fault::Engine& LabContext::no_faults() {
  static const fault::Engine kNone;
  return kNone;
}

}  // namespace firstlight::fakes
