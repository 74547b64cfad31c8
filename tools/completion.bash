
# Verbs, then the options of the verb, then sources and files.
_spectrum() {
	local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]//-/_}
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(compgen -v _spectrum_ | sed 's/^_spectrum_//; s/_/-/g')" -- "$word")
	elif [[ $word == -* ]]; then
		local options=_spectrum_$verb
		mapfile -t COMPREPLY < <(compgen -W "${!options}" -- "$word")
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --format ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'spectrum chat chat_simple colon' -- "$word")
	else
		local names=
		case $verb in
		adapt | fetch | sources | report) names=$(spectrum sources 2>/dev/null | sed -n 's/^\([^ ][^ ]*\) .*/\1/p') ;;
		esac
		mapfile -t COMPREPLY < <(compgen -W "$names" -- "$word"; compgen -f -- "$word")
	fi
}
complete -o filenames -F _spectrum spectrum
