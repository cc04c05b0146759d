"""Streamlit pages by role; each draws what it is handed."""
