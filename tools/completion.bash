
# Verbs, then the options of the verb, then files.
_spectrum() {
	local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]//-/_}
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(compgen -v _spectrum_ | sed 's/^_spectrum_//; s/_/-/g')" -- "$word")
	elif [[ $word == -* ]]; then
		local options=_spectrum_$verb
		mapfile -t COMPREPLY < <(compgen -W "${!options}" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}
complete -o filenames -F _spectrum spectrum
