# The list of fault effects, from the folders: fault/effects/<folder>/<name>.cpp defines
#   const EffectOn<…> <name>({"<name with hyphens>", …
# in namespace firstlight::fault::<folder>, whose Plan fault/plans/<folder>.hpp names. Adding a file is all there is to do: the
# build notices it and writes the list anew into its own folder.
function(write_effect_list list)
  file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true "${PROJECT_SOURCE_DIR}/fault/effects/*")
  list(SORT folders)
  foreach(path IN LISTS folders)
    get_filename_component(folder "${path}" NAME)
    if(NOT IS_DIRECTORY "${path}")
      message(FATAL_ERROR "fault/effects/${folder}: an effect lies in the folder of its plan (docs/adding-a-fault.md)")
    endif()
    if(NOT EXISTS "${PROJECT_SOURCE_DIR}/fault/plans/${folder}.hpp")
      message(FATAL_ERROR "fault/effects/${folder}: its effects have no plan, fault/plans/${folder}.hpp (docs/adding-a-fault.md)")
    endif()
    file(GLOB files CONFIGURE_DEPENDS "${path}/*.cpp")
    list(SORT files)
    set(declared "")
    set(listed "")
    foreach(file IN LISTS files)
      get_filename_component(name "${file}" NAME_WE)
      string(REPLACE "_" "-" shown "${name}")
      file(READ "${file}" text)
      if(NOT text MATCHES "(^|\n)const EffectOn<[A-Za-z]+> ${name}\\([ \n]*{[ \n]*\"${shown}\"")
        message(FATAL_ERROR "fault/effects/${folder}/${name}.cpp must define the effect of its own name, "
                            "`const EffectOn<…> ${name}({\"${shown}\", …` (docs/adding-a-fault.md)")
      endif()
      list(APPEND declared "${name}")
      list(APPEND listed "&${folder}::${name}")
    endforeach()
    list(JOIN declared ", " declared)
    list(JOIN listed ", " listed)
    string(APPEND includes "#include \"fault/plans/${folder}.hpp\"\n")
    string(APPEND declarations "namespace ${folder} {\nextern const EffectOn<Plan> ${declared};\n}\n")
    string(APPEND rows "      {\"${folder}\", {${listed}}},\n")
  endforeach()
  file(CONFIGURE OUTPUT "${list}" @ONLY CONTENT [[
// Written by cmake/effects.cmake from the folders of fault/effects/.
#include "fault/effects.hpp"
@includes@
namespace firstlight::fault {

@declarations@
const std::vector<EffectFolder>& effect_folders() {
  static const std::vector<EffectFolder> all{
@rows@  };
  return all;
}

}  // namespace firstlight::fault
]])
endfunction()
