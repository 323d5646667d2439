# The list of the expectations: one for each file of judge/expectations/, by name. Included by rooms.cmake after the room
# judge. online.cpp defines `const ExpectationKind expect_online`; the list is written into the build folder.
file(GLOB expectation_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/judge/expectations/*.cpp")
set(expectation_declarations "")
set(expectation_pointers "")
foreach(file IN LISTS expectation_files)
  get_filename_component(name "${file}" NAME_WE)
  file(STRINGS "${file}" definition REGEX "^(extern )?const ExpectationKind expect_${name}[ ={(]")
  if(NOT definition)
    message(FATAL_ERROR "judge/expectations/${name}.cpp defines no `const ExpectationKind expect_${name}`: each file there is "
                        "an expectation of its own name (docs/adding-an-expectation.md)")
  endif()
  string(APPEND expectation_declarations "extern const ExpectationKind expect_${name};\n")
  string(APPEND expectation_pointers "      &expect_${name},\n")
endforeach()
# Written only when it differs, so that configuring again compiles nothing.
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/judge/expectation_kinds.cpp" @ONLY CONTENT
"// Written by cmake/expectations.cmake.
#include <array>

#include \"judge/vocabulary.hpp\"

namespace firstlight::judge {

using language::ExpectationKind;

@expectation_declarations@
std::span<const ExpectationKind* const> expectation_kinds() {
  static constexpr std::array kKinds{
@expectation_pointers@  };
  return kKinds;
}

}  // namespace firstlight::judge
")
target_sources(judge PRIVATE "${PROJECT_BINARY_DIR}/generated/judge/expectation_kinds.cpp")
